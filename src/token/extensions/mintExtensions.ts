import type { Address } from '../../base/address.js'
import { addressIn } from './authority.js'
import { metadataOf, type TokenMetadata } from './metadata.js'
import { type Extension, extensionIn } from './tlv.js'
import type { AmountDisplay } from './uiAmount.js'

/** What a transfer costs from an epoch on: hundredths of a percent of it, and the most it can be in base units. */
export interface TransferFee {
  readonly epoch: bigint
  readonly basisPoints: number
  readonly maximum: bigint
}

/** What a mint's extensions say. */
export interface MintExtensions {
  /** How amounts are shown; `null`: as they are. */
  readonly display: AmountDisplay | null
  /** What a transfer costs: `newer` from its epoch on, `older` until then; `null` for a mint without fees. */
  readonly transferFee: { readonly older: TransferFee; readonly newer: TransferFee } | null
  /** While it is paused nothing is minted, moved or burned. */
  readonly paused: boolean
  /** A new account is frozen until somebody thaws it. */
  readonly defaultFrozen: boolean
  /** It can be burned, and not be moved. */
  readonly nonTransferable: boolean
  /** Who may move and burn it out of every account; `null` when nobody can. */
  readonly permanentDelegate: Address | null
  /** Who may close the mint once nothing is left of it, and so make another of other decimals at its address. */
  readonly closeAuthority: Address | null
  /** The program that is run with each transfer, and may refuse it; `null` when none is. */
  readonly transferHook: Address | null
  /** Accounts may hold a part that is encrypted. */
  readonly confidential: boolean
  /** Somebody can still change what a balance of it shows: then a mint is followed like a balance, else read once. */
  readonly changeable: boolean
  /** Name, symbol and link, where the mint itself holds them and says that these are the ones. */
  readonly metadata: TokenMetadata | null
}

const FROZEN = 2

/**
 * Reads the extensions of a mint.
 * @throws RangeError when one of them has another length or other values than the program writes
 */
export function mintExtensionsOf(mint: Address, extensions: readonly Extension[]): MintExtensions {
  const [interest, scaled, fee, pausable, closable, delegated] = [
    extensionIn(extensions, 'interestBearingConfig', 52),
    extensionIn(extensions, 'scaledUiAmountConfig', 56),
    extensionIn(extensions, 'transferFeeConfig', 108),
    extensionIn(extensions, 'pausableConfig', 33),
    extensionIn(extensions, 'mintCloseAuthority', 32),
    extensionIn(extensions, 'permanentDelegate', 32),
  ]
  const state = extensionIn(extensions, 'defaultAccountState', 1)
  // Each of them starts with the address that may change it.
  const changing = [interest, scaled, fee, pausable, closable, delegated]
  return {
    display: displayOf(interest, scaled),
    transferFee: fee ? { older: feeAt(fee, 72), newer: feeAt(fee, 90) } : null,
    paused: (pausable?.getUint8(32) ?? 0) !== 0,
    defaultFrozen: state?.getUint8(0) === FROZEN,
    nonTransferable: extensionIn(extensions, 'nonTransferable') !== undefined,
    permanentDelegate: addressIn(delegated, 0),
    closeAuthority: addressIn(closable, 0),
    transferHook: addressIn(extensionIn(extensions, 'transferHook', 64), 32),
    changeable: state !== undefined || changing.some((view) => addressIn(view, 0) !== null),
    confidential: extensionIn(extensions, 'confidentialTransferMint') !== undefined,
    metadata: metadataOf(mint, extensions),
  }
}

const feeAt = (view: DataView, offset: number): TransferFee => ({
  epoch: view.getBigUint64(offset, true),
  maximum: view.getBigUint64(offset + 8, true),
  basisPoints: view.getUint16(offset + 16, true),
})

/** Only one of the two can be there: the program makes no mint with both. */
function displayOf(interest: DataView | undefined, scaled: DataView | undefined): AmountDisplay | null {
  if (interest)
    return {
      kind: 'interest-bearing',
      initializedAt: secondsAt(interest, 32),
      averageRate: interest.getInt16(40, true),
      updatedAt: secondsAt(interest, 42),
      rate: interest.getInt16(50, true),
    }
  if (!scaled) return null
  return {
    kind: 'scaled',
    multiplier: multiplierAt(scaled, 32),
    // Anybody's choice, and only compared: what a float cannot hold of it is too far away to matter.
    nextAt: Number(scaled.getBigInt64(40, true)),
    nextMultiplier: multiplierAt(scaled, 48),
  }
}

/** The chain's clock wrote it: within what a float counts exactly. */
function secondsAt(view: DataView, offset: number): number {
  const seconds = Number(view.getBigInt64(offset, true))
  if (Math.abs(seconds) > 2 ** 52) throw new RangeError('its interest is counted from a time no clock has shown')
  return seconds
}

function multiplierAt(view: DataView, offset: number): number {
  const multiplier = view.getFloat64(offset, true)
  if (!(multiplier > 0 && multiplier < Infinity)) throw new RangeError(`its multiplier is ${multiplier}`)
  return multiplier
}

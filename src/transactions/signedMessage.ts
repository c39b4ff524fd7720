import type { VersionedMessage } from '@solana/web3.js'
import { base58Of } from '../base/base58.js'
import { base64Of, bytesOfBase64 } from '../base/bytes.js'
import { laterError } from '../base/laterErrors.js'
import type { ChainCode } from './chainCode.js'

/** A signed transaction, of whatever version. */
export interface SignedTransaction {
  readonly bytes: Uint8Array
  readonly signature: string
  readonly message: VersionedMessage
}

/**
 * Reads what a wallet gave for a transaction: one of this or another copy of web3.js, legacy or versioned.
 * @throws LamplightError `wallet/failed` where it is no signed transaction
 */
export function readSigned(request: string, { web3 }: ChainCode, given: unknown): SignedTransaction {
  try {
    const serialize = (given as { serialize?: unknown } | undefined)?.serialize
    if (typeof serialize !== 'function') throw new TypeError('it gave no transaction')
    const bytes = Uint8Array.from(serialize.call(given) as ArrayLike<number>)
    const { signatures, message } = web3.VersionedTransaction.deserialize(bytes)
    const [first] = signatures
    if (first?.length !== 64 || first.every((byte) => byte === 0)) throw new TypeError('it is not signed')
    return { bytes, signature: base58Of(Uint8Array.from(first)), message }
  } catch (cause) {
    throw laterError('wallet/failed', { request, why: 'it gave no signed transaction' }, { cause })
  }
}

/** The message of a transaction as it is kept by a node (base64); `null` where this web3.js cannot read it. */
export function keptMessage({ web3 }: ChainCode, transaction: string): VersionedMessage | null {
  try {
    return web3.VersionedTransaction.deserialize(bytesOfBase64(transaction) as Uint8Array).message
  } catch {
    return null
  }
}

/** The message in base64 that was asked for. */
export const messageIn = ({ web3 }: ChainCode, text: string): VersionedMessage =>
  web3.VersionedMessage.deserialize(bytesOfBase64(text) as Uint8Array)

/** Wallets set limits and prices here: what it costs, and not what it does. */
const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111'
/** Wallets add assertions of this program, which let a transaction fail that would do other than was shown. https://github.com/Jac0xb/lighthouse */
const LIGHTHOUSE = 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95'

/**
 * What a message does other than the one that was asked for; `null` where it does the same. The rule: the same payer, no other
 * signer, the same instructions in the same order, with the same accounts and data. Between them there may be instructions of
 * the compute budget and assertions of Lighthouse, as long as nothing can be written to that could not be before. The
 * blockhash may be another; the version may be, too.
 */
export function changeOf(asked: VersionedMessage, given: VersionedMessage): string | null {
  const [before, after] = [flat(asked), flat(given)]
  if (after.hasLookups) return 'it takes accounts from a lookup table'
  if (before.payer !== after.payer) return `${after.payer} pays for it`
  const signer = after.signers.find((each) => !before.signers.includes(each))
  if (signer) return `${signer} has to sign it, too`
  const written = after.writable.find((each) => !before.writable.includes(each))
  if (written) return `it may change ${written}`
  const wanted = before.instructions.filter(({ program }) => program !== COMPUTE_BUDGET)
  for (const { program, text } of after.instructions) {
    if (wanted[0]?.text === text) wanted.shift()
    else if (program !== COMPUTE_BUDGET && program !== LIGHTHOUSE)
      return `an instruction of ${program} was added or changed`
  }
  return wanted[0] ? `an instruction of ${wanted[0].program} is missing` : null
}

function flat(message: VersionedMessage) {
  const keys = message.staticAccountKeys.map((key) => key.toBase58())
  return {
    payer: keys[0] ?? '',
    signers: keys.filter((_, i) => message.isAccountSigner(i)),
    writable: keys.filter((_, i) => message.isAccountWritable(i)),
    hasLookups: message.addressTableLookups.length > 0,
    instructions: message.compiledInstructions.map(({ programIdIndex, accountKeyIndexes, data }) => {
      const program = keys[programIdIndex] ?? ''
      const accounts = [...accountKeyIndexes].map((i) => keys[i] ?? '?')
      return { program, text: [program, ...accounts, base64Of(Uint8Array.from(data))].join() }
    }),
  }
}

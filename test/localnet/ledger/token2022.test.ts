import {
  AccountState,
  createAmountToUiAmountInstruction,
  createAssociatedTokenAccountIdempotentInstruction,
  createEnableCpiGuardInstruction,
  createEnableRequiredMemoTransfersInstruction,
  createFreezeAccountInstruction,
  createInitializeDefaultAccountStateInstruction,
  createInitializeGroupMemberPointerInstruction,
  createInitializeGroupPointerInstruction,
  createInitializeInstruction,
  createInitializeInterestBearingMintInstruction,
  createInitializeMetadataPointerInstruction,
  createInitializeMint2Instruction,
  createInitializeMintCloseAuthorityInstruction,
  createInitializeNonTransferableMintInstruction,
  createInitializePausableConfigInstruction,
  createInitializePermanentDelegateInstruction,
  createInitializeScaledUiAmountConfigInstruction,
  createInitializeTransferFeeConfigInstruction,
  createInitializeTransferHookInstruction,
  createMintToInstruction,
  createPauseInstruction,
  createReallocateInstruction,
  createThawAccountInstruction,
  createTransferCheckedInstruction,
  createUiAmountToAmountInstruction,
  createUpdateMetadataPointerInstruction,
  createUpdateMultiplierDataInstruction,
  createUpdateRateInterestBearingMintInstruction,
  ExtensionType,
  getAssociatedTokenAddressSync,
  getDefaultAccountState,
  getExtensionTypes,
  getInterestBearingMintConfigState,
  getMintCloseAuthority,
  getMintLen,
  getNonTransferable,
  getPausableConfig,
  getPermanentDelegate,
  getScaledUiAmountConfig,
  getTransferFeeAmount,
  getTransferFeeConfig,
  TOKEN_2022_PROGRAM_ID,
  unpackAccount,
  unpackMint,
} from '@solana/spl-token'
import { Keypair, PublicKey, SystemProgram, Transaction, TransactionInstruction } from '@solana/web3.js'
import fc from 'fast-check'
import { amountOfUiText, decodeMint, decodeTokenAccount, tokenBalanceOf, uiTextOf } from 'lamplight/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../../localnet/src/ledger/ledger.js'
import { loadSvm } from '../../../localnet/src/server/svmEngine.js'
import { type Address, TOKEN_2022_PROGRAM } from '../../../src/base/address.js'
import type { FailureReason } from '../../../src/base/errors.js'
import type { AccountAt } from '../../../src/token/account.js'
import { recordOf } from '../../../src/token/record.js'
import { failureOf } from '../../../src/transactions/failure.js'

const program = TOKEN_2022_PROGRAM_ID
const addressOf = (key: PublicKey) => key.toBase58() as Address
const payer = Keypair.generate()
const me = payer.publicKey
let ledger: Ledger

beforeAll(async () => {
  ledger = openLedger((await loadSvm())())
  ledger.airdrop(addressOf(me), 100_000_000_000n)
})

function transactionOf(instructions: readonly TransactionInstruction[], signers: readonly Keypair[]) {
  const { blockhash } = ledger.slots.building
  const transaction = new Transaction({ feePayer: me, blockhash, lastValidBlockHeight: 1 }).add(...instructions)
  if (signers.length > 0) transaction.sign(...signers)
  return ledger.decode(transaction.serialize({ verifySignatures: false, requireAllSignatures: false }))
}
function execute(instructions: readonly TransactionInstruction[], signers: readonly Keypair[] = []) {
  ledger.tick()
  const transaction = transactionOf(instructions, [payer, ...signers])
  const { fault } = ledger.execute(transaction)
  return { fault, logs: ledger.transactions.get(transaction.signatures[0] ?? '')?.execution.logs ?? [] }
}
/** Why the program refuses; `null` when it does as it is told. */
const faultOf = (...of: Parameters<typeof execute>) => execute(...of).fault
const run = (...instructions: TransactionInstruction[]) => expect(faultOf(instructions)).toBeNull()

/** Has the program answer with data; `null` when it refuses. */
function ask(instruction: TransactionInstruction): Buffer | null {
  const { fault, returnData } = ledger.engine.simulate(transactionOf([instruction], []), { verifySignatures: false })
  return fault === null ? Buffer.from(returnData?.data ?? []) : null
}
const textFromProgram = (mint: PublicKey, amount: bigint) =>
  ask(createAmountToUiAmountInstruction(mint, amount, program))?.toString('utf8') ?? null
const unitsFromProgram = (mint: PublicKey, text: string) =>
  ask(createUiAmountToAmountInstruction(mint, text, program))?.readBigUInt64LE() ?? null

/** An account as a reader of the ledger gets it. */
function accountAt(key: PublicKey): AccountAt {
  const account = ledger.head(addressOf(key))
  if (!account) throw new Error(`${key} does not exist`)
  return { address: addressOf(key), slot: 1, ...account }
}
/** The same for spl-token. */
function infoOf(key: PublicKey) {
  const { data, lamports } = accountAt(key)
  return { data: Buffer.from(data ?? []), owner: program, lamports: Number(lamports), executable: false }
}

describe('the text of an amount', () => {
  const mint = Keypair.generate().publicKey
  const decimals = fc.oneof(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 0, max: 255 }))
  const amount = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 10n ** 6n))
  const seconds = fc.integer({ min: 0, max: 2 ** 32 })
  const rate = fc.integer({ min: -32_768, max: 32_767 })
  const multiplier = fc.oneof(
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    fc.double({ min: 1e-300, max: 1e308, noNaN: true }),
    fc.integer({ min: 1, max: 100 }),
  )
  const typed = fc
    .tuple(fc.bigInt(0n, 2n ** 66n), fc.integer({ min: 0, max: 30 }))
    .map(([digits, places]) => `${digits}`.padStart(places + 1, '0').replace(new RegExp(`(?=.{${places}}$)`), '.'))

  /** Writes a mint that nobody has to make: no clock has to stand at its times, no authority has to sign. */
  function writeMint(digits: number, type: number, length: number, fill: (view: DataView) => void) {
    const data = new Uint8Array(170 + length)
    data[44] = digits
    data[45] = 1
    data[165] = 1
    data.set([type, 0, length, 0], 166)
    fill(new DataView(data.buffer, 170))
    const account = { lamports: 10_000_000n, data, program: TOKEN_2022_PROGRAM, executable: false }
    ledger.setAccounts([[addressOf(mint), account]])
    return decodeMint(accountAt(mint))
  }
  const setTime = (unixTime: number) => ledger.engine.openSlot({ ...ledger.slots.building, unixTime })

  /** Holds text and amount against the program; the one it refuses to say for want of compute is not compared. */
  function compare(shown: ReturnType<typeof decodeMint>, units: bigint, text: string, at: number) {
    const theirs = textFromProgram(mint, units)
    if (theirs !== null) expect(uiTextOf(units, shown, at)).toBe(theirs)
    const back = amountOfUiText(text, shown, at)
    expect(back.ok ? back.amount : null).toBe(unitsFromProgram(mint, text))
    return theirs !== null
  }

  it('with interest is the one the program gives, for any rates, times, decimals and amounts, and so is the way back', () => {
    let compared = 0
    const property = fc.property(
      fc.record({ decimals, rate, averageRate: rate, start: seconds, updated: seconds, at: seconds, amount, typed }),
      (drawn) => {
        setTime(drawn.at)
        const shown = writeMint(drawn.decimals, ExtensionType.InterestBearingConfig, 52, (view) => {
          view.setBigInt64(32, BigInt(drawn.start), true)
          view.setInt16(40, drawn.averageRate, true)
          view.setBigInt64(42, BigInt(drawn.updated), true)
          view.setInt16(50, drawn.rate, true)
        })
        if (compare(shown, drawn.amount, drawn.typed, drawn.at)) compared++
      },
    )
    fc.assert(property, { numRuns: 500 })
    expect(compared).toBeGreaterThan(450)
  })

  it('with a multiplier is the one the program gives, before and after the scheduled change, and so is the way back', () => {
    let compared = 0
    const when = fc.oneof(seconds, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))
    const property = fc.property(
      fc.record({ decimals, multiplier, next: multiplier, when, at: seconds, amount, typed }),
      (drawn) => {
        setTime(drawn.at)
        const shown = writeMint(drawn.decimals, ExtensionType.ScaledUiAmountConfig, 56, (view) => {
          view.setFloat64(32, drawn.multiplier, true)
          view.setBigInt64(40, BigInt(drawn.when), true)
          view.setFloat64(48, drawn.next, true)
        })
        if (compare(shown, drawn.amount, drawn.typed, drawn.at)) compared++
      },
    )
    fc.assert(property, { numRuns: 500 })
    expect(compared).toBeGreaterThan(450)
  })
})

/** Makes a mint by the program, and an account with 1000 units for its maker and an empty one. */
function makeMint(types: ExtensionType[], initialize: (mint: PublicKey) => TransactionInstruction[], frozen = false) {
  const mint = Keypair.generate()
  const key = mint.publicKey
  const space = getMintLen(types)
  const lamports = Number(ledger.engine.rentExempt(space + 1000))
  const create = { fromPubkey: me, newAccountPubkey: key, space, lamports, programId: program }
  const finish = createInitializeMint2Instruction(key, 3, me, me, program)
  expect(faultOf([SystemProgram.createAccount(create), ...initialize(key), finish], [mint])).toBeNull()
  const [own, other] = [me, Keypair.generate().publicKey].map((owner) => {
    const account = getAssociatedTokenAddressSync(key, owner, true, program)
    run(createAssociatedTokenAccountIdempotentInstruction(me, account, owner, key, program))
    if (frozen) run(createThawAccountInstruction(account, key, me, [], program))
    return account
  }) as [PublicKey, PublicKey]
  run(createMintToInstruction(key, own, me, 1000, [], program))
  const move = (units: bigint) => createTransferCheckedInstruction(own, key, other, me, units, 3, [], program)
  const balanceIn = (account: PublicKey) => {
    const at = accountAt(account)
    const origin = { commitment: 'confirmed', source: 'fetch', reason: 'poll', at: { ms: 0, wallMs: 0 } } as const
    return tokenBalanceOf(decodeTokenAccount(at).owner, decodeMint(accountAt(key)), recordOf(at, origin), 0)
  }
  return { mint: key, own, other, move, balanceIn }
}

const nameOf = (type: ExtensionType) => {
  const name = ExtensionType[type] as string
  return `${name[0]?.toLowerCase()}${name.slice(1)}`
}

describe('what the program made', () => {
  it('is read as spl-token reads it: fee, close authority, interest, delegate, pointers and hook', () => {
    const types = [
      ExtensionType.TransferFeeConfig,
      ExtensionType.MintCloseAuthority,
      ExtensionType.InterestBearingConfig,
      ExtensionType.PermanentDelegate,
      ExtensionType.TransferHook,
      ExtensionType.GroupPointer,
      ExtensionType.GroupMemberPointer,
    ]
    const { mint, own, other, move, balanceIn } = makeMint(types, (key) => [
      createInitializeTransferFeeConfigInstruction(key, me, me, 250, 40n, program),
      createInitializeMintCloseAuthorityInstruction(key, me, program),
      createInitializeInterestBearingMintInstruction(key, me, -700, program),
      createInitializePermanentDelegateInstruction(key, me, program),
      createInitializeTransferHookInstruction(key, me, PublicKey.default, program),
      createInitializeGroupPointerInstruction(key, me, key, program),
      createInitializeGroupMemberPointerInstruction(key, me, key, program),
    ])
    ledger.warp({ seconds: 1_000_000 })
    run(createUpdateRateInterestBearingMintInstruction(mint, me, 900, [], program))
    run(move(200n))
    const reference = unpackMint(mint, infoOf(mint), program)
    const [ours, fee, interest] = [
      decodeMint(accountAt(mint)),
      getTransferFeeConfig(reference),
      getInterestBearingMintConfigState(reference),
    ]
    expect(ours.extensions).toEqual(getExtensionTypes(reference.tlvData).map(nameOf))
    expect(ours.extensions).toHaveLength(types.length)
    expect(ours.transferFee?.newer).toEqual({ epoch: fee?.newerTransferFee.epoch, maximum: 40n, basisPoints: 250 })
    expect(ours.display).toEqual({
      kind: 'interest-bearing',
      initializedAt: Number(interest?.initializationTimestamp),
      averageRate: interest?.preUpdateAverageRate,
      updatedAt: Number(interest?.lastUpdateTimestamp),
      rate: 900,
    })
    expect(ours.permanentDelegate).toBe(getPermanentDelegate(reference)?.delegate.toBase58())
    expect(ours.closeAuthority).toBe(getMintCloseAuthority(reference)?.closeAuthority.toBase58())
    expect(ours.changeable).toBe(true)
    const received = balanceIn(other)
    expect(received).toMatchObject({ amount: 195n, withheld: 5n, spendable: 195n, permanentDelegate: addressOf(me) })
    expect(getTransferFeeAmount(unpackAccount(other, infoOf(other), program))?.withheldAmount).toBe(5n)
    expect(received.extensions).toEqual(expect.arrayContaining(['interestBearingConfig', 'transferFeeAmount']))
    expect(balanceIn(own)).toMatchObject({ amount: 800n, withheld: 0n })
  })

  it('is read as spl-token reads it: multiplier, pause, state of new accounts', () => {
    const types = [
      ExtensionType.ScaledUiAmountConfig,
      ExtensionType.PausableConfig,
      ExtensionType.DefaultAccountState,
      ExtensionType.NonTransferable,
    ]
    const initialize = (key: PublicKey) => [
      createInitializeScaledUiAmountConfigInstruction(key, me, 1.5, program),
      createInitializePausableConfigInstruction(key, me, program),
      createInitializeDefaultAccountStateInstruction(key, AccountState.Frozen, program),
      createInitializeNonTransferableMintInstruction(key, program),
    ]
    const { mint, own } = makeMint(types, initialize, true)
    run(createUpdateMultiplierDataInstruction(mint, me, 7, 9_999_999_999n, [], program))
    run(createPauseInstruction(mint, me, [], program))
    const reference = unpackMint(mint, infoOf(mint), program)
    const scaled = getScaledUiAmountConfig(reference)
    expect(decodeMint(accountAt(mint))).toMatchObject({
      display: {
        kind: 'scaled',
        multiplier: scaled?.multiplier,
        nextMultiplier: scaled?.newMultiplier,
        nextAt: Number(scaled?.newMultiplierEffectiveTimestamp),
      },
      paused: getPausableConfig(reference)?.paused,
      defaultFrozen: getDefaultAccountState(reference)?.state === AccountState.Frozen,
      nonTransferable: getNonTransferable(reference) !== null,
      extensions: getExtensionTypes(reference.tlvData).map(nameOf),
    })
    expect(decodeMint(accountAt(mint))).toMatchObject({ paused: true, defaultFrozen: true, nonTransferable: true })
    const account = decodeTokenAccount(accountAt(own))
    const theirs = unpackAccount(own, infoOf(own), program)
    expect(account.extensions).toEqual(getExtensionTypes(theirs.tlvData).map(nameOf))
    expect(account.extensions).toEqual(expect.arrayContaining(['nonTransferableAccount', 'pausableAccount']))
  })

  it('is read with the extensions that an owner adds', () => {
    const { own, balanceIn } = makeMint([], () => [])
    run(
      createReallocateInstruction(own, me, [ExtensionType.MemoTransfer, ExtensionType.CpiGuard], me, [], program),
      createEnableRequiredMemoTransfersInstruction(own, me, [], program),
      createEnableCpiGuardInstruction(own, me, [], program),
    )
    expect([...balanceIn(own).extensions].sort()).toEqual(['cpiGuard', 'immutableOwner', 'memoTransfer'])
    expect(balanceIn(own)).toMatchObject({ amount: 1000n, spendable: 1000n, confidential: false })
  })

  it('says that its accounts may hold a private part, and that a new one does not', () => {
    // spl-token has no such instruction: authority, whether new accounts are approved by themselves, auditor.
    const data = Buffer.from([27, 0, ...me.toBytes(), 1, ...new Uint8Array(32)])
    const { mint, balanceIn, own } = makeMint([ExtensionType.ConfidentialTransferMint], (key) => [
      new TransactionInstruction({
        keys: [{ pubkey: key, isSigner: false, isWritable: true }],
        programId: program,
        data,
      }),
    ])
    expect(decodeMint(accountAt(mint)).confidential).toBe(true)
    expect(balanceIn(own)).toMatchObject({ confidential: false, amount: 1000n })
  })

  it('tells name, symbol and link from the mint, until it points to others', () => {
    const { mint, balanceIn, own } = makeMint([ExtensionType.MetadataPointer], (key) => [
      createInitializeMetadataPointerInstruction(key, me, key, program),
    ])
    const metadata = { name: 'Лампа 💡', symbol: 'LAMP', uri: 'https://example.com/lamp.json' }
    expect(decodeMint(accountAt(mint)).metadata).toBeNull()
    run(
      createInitializeInstruction({
        programId: program,
        mint,
        metadata: mint,
        mintAuthority: me,
        updateAuthority: me,
        ...metadata,
      }),
    )
    expect(decodeMint(accountAt(mint))).toMatchObject({ metadata, decimals: 3, changeable: false })
    expect(balanceIn(own)).toMatchObject({ metadata, text: '1' })
    run(createUpdateMetadataPointerInstruction(mint, me, Keypair.generate().publicKey, [], program))
    expect(decodeMint(accountAt(mint)).metadata).toBeNull()
  })
})

describe('what can be spent', () => {
  const cases: Record<
    string,
    () => { made: ReturnType<typeof makeMint>; refusal: readonly [number, FailureReason] | null }
  > = {
    'of a plain mint': () => ({ made: makeMint([], () => []), refusal: null }),
    'of a frozen account': () => {
      const made = makeMint([], () => [])
      run(createFreezeAccountInstruction(made.own, made.mint, me, [], program))
      return { made, refusal: [0x11, 'frozen'] }
    },
    'of a paused mint': () => {
      const made = makeMint([ExtensionType.PausableConfig], (key) => [
        createInitializePausableConfigInstruction(key, me, program),
      ])
      run(createPauseInstruction(made.mint, me, [], program))
      return { made, refusal: [0x43, 'paused'] }
    },
    'of a mint that cannot be transferred': () => {
      const made = makeMint([ExtensionType.NonTransferable], (key) => [
        createInitializeNonTransferableMintInstruction(key, program),
      ])
      return { made, refusal: [0x25, 'non-transferable'] }
    },
  }
  it.each(Object.keys(cases))('%s is what the program lets go, and its refusal is told in words', (name) => {
    const { made, refusal } = (cases[name] as (typeof cases)[string])()
    const { amount, spendable } = made.balanceIn(made.own)
    expect([amount, spendable]).toEqual([1000n, refusal === null ? 1000n : 0n])
    const { fault, logs } = execute([made.move(1000n)])
    expect(fault).toEqual(refusal && { InstructionError: [0, { Custom: refusal[0] }] })
    if (refusal) expect(failureOf(fault, logs).reason).toBe(refusal[1])
  })
})

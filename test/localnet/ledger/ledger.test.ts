import { Keypair, PublicKey, SystemProgram, TransactionMessage, VersionedTransaction } from '@solana/web3.js'
import bs58 from 'bs58'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLedger } from '../../../localnet/src/ledger/ledger.js'
import { decodeTransaction, feeOf, withBlockhash } from '../../../localnet/src/ledger/transaction.js'
import { createMemoryEngine } from '../../../localnet/src/memory/memoryEngine.js'
import { createCheats } from '../../../localnet/src/node/cheats.js'
import type { Address } from '../../../src/base/address.js'

const keys = Array.from({ length: 4 }, (_, i) => new PublicKey(new Uint8Array(32).fill(i + 1)).toBase58() as Address)

type Step =
  | { readonly kind: 'fund'; readonly who: number; readonly lamports: number }
  | { readonly kind: 'tick' | 'reorg'; readonly count: number }
  | { readonly kind: 'remove'; readonly who: number }
  | { readonly kind: 'warp'; readonly slots: number }

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('fund' as const),
      who: fc.nat(3),
      lamports: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tick' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reorg' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), who: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('warp' as const), slots: fc.nat(60) }) },
)

/** The naive way: the whole state, kept for every slot. */
function createModel(first: number) {
  let state = keys.map(() => 0n)
  const bySlot = new Map<number, bigint[]>()
  return {
    change: (who: number, change: (was: bigint) => bigint) => {
      state = state.map((lamports, i) => (i === who ? change(lamports) : lamports))
    },
    /** Slots up to `slot` are complete; those without a record look like the last before them. */
    freeze: (slot: number) => void bySlot.set(slot, state),
    drop(keep: number) {
      for (const slot of [...bySlot.keys()]) if (slot > keep) bySlot.delete(slot)
      state = this.at(keep)
    },
    at(slot: number): bigint[] {
      for (let s = slot; s >= first; s--) {
        const known = bySlot.get(s)
        if (known) return known
      }
      return keys.map(() => 0n)
    },
  }
}

describe('the journal', () => {
  it('shows at every slot what a copy of the whole state shows, through forks and warps', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 60 }), (steps) => {
        const ledger = openLedger(createMemoryEngine(), { slotMs: 0, startSlot: 50 })
        const cheats = createCheats(ledger)
        const model = createModel(50)
        ledger.tick(5)
        model.freeze(ledger.slots.frozen)
        ledger.on('reorg', ({ keep }) => model.drop(keep))
        ledger.on('frozen', ({ slot }) => model.freeze(slot))
        for (const step of steps) {
          if (step.kind === 'fund') {
            cheats.fund(keys[step.who] as Address, step.lamports)
            model.change(step.who, (was) => was + BigInt(step.lamports))
          } else if (step.kind === 'remove') {
            ledger.setAccounts([[keys[step.who] as Address, null]])
            model.change(step.who, () => 0n)
          } else if (step.kind === 'warp') ledger.warp({ slots: step.slots })
          else if (step.kind === 'tick') ledger.tick(step.count)
          else ledger.reorg(Math.min(step.count, ledger.slots.frozen - ledger.slots.first))
        }
        for (let slot = 55; slot <= ledger.slots.frozen; slot++)
          expect(keys.map((key) => ledger.accountAt(key, slot)?.lamports ?? 0n)).toEqual(model.at(slot))
      }),
      { numRuns: 150, seed: 4 },
    )
  })

  it('gives every slot a blockhash of its own, which only lives as long as it should', () => {
    const ledger = openLedger(createMemoryEngine(), { slotMs: 0 })
    const { blockhash, height } = ledger.slots.building
    ledger.tick(200)
    expect(new Set([...Array(200).keys()].map((i) => ledger.slots.at(1_001 + i).blockhash)).size).toBe(200)
    expect(ledger.slots.blockhashSlot(blockhash, height + 150)).toBe(height)
    expect(ledger.slots.blockhashSlot(blockhash, height + 151)).toBeUndefined()
    expect(ledger.slots.blockhashSlot(blockhash, height - 1)).toBeUndefined()
  })
})

const payer = Keypair.fromSeed(new Uint8Array(32).fill(7))
const blockhash = new PublicKey(new Uint8Array(32).fill(3)).toBase58()
const transferArbitrary = fc.record({
  version: fc.constantFrom('legacy', 0),
  to: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 6 }),
})

function built({ version, to }: { version: string | number; to: Uint8Array[] }): VersionedTransaction {
  const instructions = to.map((key) =>
    SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: new PublicKey(key), lamports: 1 }),
  )
  const message = new TransactionMessage({ payerKey: payer.publicKey, recentBlockhash: blockhash, instructions })
  const transaction = new VersionedTransaction(
    version === 0 ? message.compileToV0Message() : message.compileToLegacyMessage(),
  )
  transaction.sign([payer])
  return transaction
}

describe('a decoded transaction', () => {
  it('says what web3.js wrote', () => {
    fc.assert(
      fc.property(transferArbitrary, (fields) => {
        const transaction = built(fields)
        const { message, signatures } = transaction
        const bytes = transaction.serialize()
        const decoded = decodeTransaction(bytes, () => null)
        expect(decoded.version).toBe(message.version)
        expect(decoded.signatures).toEqual(signatures.map((signature) => bs58.encode(signature)))
        expect(decoded.keys).toEqual(message.staticAccountKeys.map(String))
        expect(decoded.keys.filter((key) => decoded.writable.has(key))).toEqual(
          message.staticAccountKeys.filter((_, i) => message.isAccountWritable(i)).map(String),
        )
        expect(
          decoded.instructions.map(({ programIdIndex, accounts, data }) => [programIdIndex, accounts, [...data]]),
        ).toEqual(
          message.compiledInstructions.map((ix) => [ix.programIdIndex, [...ix.accountKeyIndexes], [...ix.data]]),
        )
        expect([decoded.blockhash, feeOf(decoded)]).toEqual([blockhash, 5_000n])
        expect(decoded.bytes).toEqual(bytes)
      }),
      { numRuns: 60, seed: 5 },
    )
  })

  it('leaves out what comes after it', () => {
    const bytes = built({ version: 0, to: [new Uint8Array(32).fill(1)] }).serialize()
    expect(decodeTransaction(Uint8Array.from([...bytes, 1, 2, 3]), () => null).bytes).toEqual(bytes)
  })

  it.each(['legacy', 0] as const)('can have another blockhash (version %s)', (version) => {
    const bytes = built({ version, to: [new Uint8Array(32).fill(1)] }).serialize()
    const other = new PublicKey(new Uint8Array(32).fill(9)).toBase58()
    const changed = withBlockhash(
      decodeTransaction(bytes, () => null),
      other,
    )
    expect(decodeTransaction(changed.bytes, () => null).blockhash).toBe(other)
  })

  it.each([
    ['cut short', (bytes: number[]) => bytes.slice(0, -1), 'unexpected end of input'],
    ['without a signature', (bytes: number[]) => [0, ...bytes.slice(65)], '0 signatures where the header asks for 1'],
    ['with no signer', (bytes: number[]) => bytes.with(66, 0), 'failed to sanitize'],
    ['of a version to come', (bytes: number[]) => bytes.with(65, 0x82), 'message version 2 is not supported'],
    [
      'with a length in a longer form than needed',
      (bytes: number[]) => [...bytes.slice(0, 69), (bytes[69] ?? 0) | 0x80, 0, ...bytes.slice(70)],
      'not in its shortest form',
    ],
    ['with the payer as a program', (bytes: number[]) => bytes.with(199, 0), 'failed to sanitize'],
  ])('is refused when it is %s', (_, change, why) => {
    const bytes = [...built({ version: 0, to: [new Uint8Array(32).fill(1)] }).serialize()]
    expect(() => decodeTransaction(Uint8Array.from(change(bytes)), () => null)).toThrow(why)
  })
})

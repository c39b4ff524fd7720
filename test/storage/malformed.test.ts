import { hydrate, QueryClient } from '@tanstack/query-core'
import fc from 'fast-check'
import { type AccountRecord, allowHydration, balanceKeys, createBalanceClient } from 'lamplight/core'
import { persistBalances } from 'lamplight/persist'
import { expect, it, onTestFinished } from 'vitest'
import { addressOfBytes } from '../../src/base/address.js'
import { textOf } from '../../src/cache/codec.js'
import type { WalletRecord } from '../../src/cache/walletRecord.js'
import { createSeal } from '../../src/storage/sealedStore.js'
import { pathsIn, replacedAt, spoiled } from '../support/wrongFields.js'
import { OWNER, solRecord } from './recordOf.js'
import { createTextStorage } from './textStorage.js'

const [mint, account] = [addressOfBytes(new Uint8Array(32).fill(7)), addressOfBytes(new Uint8Array(32).fill(8))]
const fee = { epoch: 1n, basisPoints: 50, maximum: 9n }
const sol = solRecord(5, 2n ** 60n)
const shared = {
  extensions: ['metadataPointer'],
  confidential: false,
  closeAuthority: null,
  program: 'token-2022',
} as const
const mintRecord: AccountRecord = {
  ...sol,
  address: mint,
  mint: {
    ...{ ...shared, address: mint, decimals: 6, supply: 9n, mintAuthority: OWNER, freezeAuthority: null },
    display: { kind: 'scaled', multiplier: 2, nextMultiplier: Infinity, nextAt: 9 },
    transferFee: { older: fee, newer: fee },
    ...{ paused: false, defaultFrozen: false, nonTransferable: false, permanentDelegate: OWNER, transferHook: null },
    ...{ changeable: true, metadata: { name: 'Name', symbol: 'NAME', uri: 'https://node.example' } },
  },
}
const tokenRecord: AccountRecord = {
  ...sol,
  address: account,
  token: {
    ...{ ...shared, address: account, mint, owner: OWNER, amount: 5n, delegate: OWNER, delegatedAmount: 2n },
    ...{ frozen: false, native: false, rentReserve: 3n, withheld: 0n },
  },
}
const wallet: WalletRecord = {
  ...{ kind: 'wallet', address: OWNER, commitment: 'confirmed', failures: {} },
  listings: { token: { slot: 5, verifiedAt: 5, verifiedMs: 5, undecoded: 0 } },
}
const keyOf = ({ kind, commitment, address }: AccountRecord | WalletRecord) =>
  balanceKeys[kind]('test', commitment, address)
const now = Date.now()
const kept = (data: AccountRecord | WalletRecord) => ({ queryKey: keyOf(data), data, updatedAt: now })
const whole = [sol, mintRecord, tokenRecord, wallet].map(kept)
const isOptional = (path: string) => path.endsWith('listings.token')
const inData = (title: string, entry: ReturnType<typeof kept>, data: object) => ({
  ...{ title, entry, value: { ...entry, data: { ...entry.data, ...data } } as unknown },
})
/** Of the right type, and nothing that can be. */
const impossible = [
  inData('data.slot: -1', kept(sol), { slot: -1 }),
  inData('data.slot: 2 ** 53', kept(sol), { slot: 2 ** 53 }),
  inData('data.lamports: -1', kept(sol), { lamports: -1n }),
  inData('data.lamports: 2 ** 64', kept(sol), { lamports: 2n ** 64n }),
  inData('data.address: short', kept(sol), { address: '1111' }),
  inData('data.source: chain', kept(sol), { source: 'chain' }),
  inData('data.mint.decimals: 256', kept(mintRecord), { mint: { ...mintRecord.mint, decimals: 256 } }),
]
const wrong = whole
  .flatMap((entry) => spoiled(entry, isOptional).map((each) => ({ ...each, entry })))
  // What was written of errors is left out in any case.
  .filter(({ title }) => !/^data\.failures: (an object|more)/.test(title))
  .concat(impossible)

/** A page that finds such texts in its wallet's store, sealed as they should be. */
async function restored(entries: readonly string[], spoil: (text: string) => unknown = (text) => text) {
  const queryClient = new QueryClient()
  const client = createBalanceClient({ queryClient, rpcUrl: 'http://127.0.0.1:9', url: false, cluster: 'test' })
  const storage = createTextStorage()
  const seal = createSeal()
  const name = seal.nameOf(OWNER, 'test')
  storage.texts.set(name, spoil(seal.close(name, { at: now, entries })) as string)
  const errors: string[] = []
  const handle = persistBalances(client, { owner: OWNER, storage, onError: ({ message }) => errors.push(message) })
  onTestFinished(handle.stop)
  await handle.restored
  handle.stop()
  return {
    errors,
    held: queryClient
      .getQueryCache()
      .getAll()
      .map(({ state }) => state.data),
  }
}
/** Each field that is there in a whole one has the same type, or is left empty where that one may be. */
function expectAlike(value: object, like: object) {
  expect(Object.keys(value).sort()).toEqual(Object.keys(like).sort())
  for (const [key, part] of Object.entries(like)) {
    const given = (value as Record<string, unknown>)[key]
    if (part !== null && given !== null) expect(typeof given, key).toBe(typeof part)
  }
}

it('what was stored comes back when it is whole', async () => {
  const { errors, held } = await restored(whole.map(textOf))
  expect(errors).toEqual([])
  expect(held.slice(0, 3)).toEqual(
    [sol, mintRecord, tokenRecord].map((each) => ({ ...each, source: 'restored', verifiedMs: -Infinity })),
  )
  expect(held).toHaveLength(4)
})

it('an entry with anything wrong in any of its fields is dropped under a good seal, and only that', async () => {
  expect(wrong.length).toBeGreaterThan(300)
  const { errors, held } = await restored([...wrong.map(({ value }) => textOf(value)), textOf(kept(sol))])
  expect(held).toEqual([{ ...sol, source: 'restored', verifiedMs: -Infinity }])
  expect(errors).toEqual([expect.stringContaining(`${wrong.length} entries were damaged and dropped`)])
})

it('what a server or an app’s own persister hands over is dropped in the same way, and throws nothing', () => {
  for (const { title, value, entry } of wrong) {
    if (!title.startsWith('data')) continue
    const { data } = value as { readonly data: unknown }
    const { queryKey } = entry
    for (const packed of [{ lamplight: textOf(data) }, { lamplight: `${textOf(entry.data)}]` }, data]) {
      const queryClient = allowHydration(new QueryClient())
      const query = { queryKey, queryHash: JSON.stringify(queryKey), dehydratedAt: now }
      const state = { data: packed, dataUpdatedAt: now, status: 'success' }
      hydrate(queryClient, { mutations: [], queries: [{ ...query, state: state as never }] })
      expect(queryClient.getQueryData(queryKey), title).toBeUndefined()
    }
  }
})

const anyText = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constantFrom('{"$bigint":"x"}', '{"at":{"toString":1},"entries":[[]]}'),
)
it('nothing that a storage holds makes it throw or writes a value of another shape', async () => {
  const anyEntry = fc.tuple(fc.constantFrom(...whole), fc.nat(), fc.jsonValue()).map(([entry, at, part]) => {
    const paths = pathsIn(entry)
    return textOf(replacedAt(entry, paths[at % paths.length] ?? [], part))
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(anyEntry, anyText), { maxLength: 6 }),
      fc.option(fc.oneof(anyText, fc.anything()), { nil: undefined }),
      async (entries, other) => {
        const { held } = await restored(entries, (text) => other ?? text)
        for (const each of held as (AccountRecord | WalletRecord)[]) {
          expectAlike(each, each.kind === 'wallet' ? wallet : sol)
          if (each.kind === 'account' && each.token) expectAlike(each.token, tokenRecord.token as object)
          if (each.kind === 'account' && each.mint) expectAlike(each.mint, mintRecord.mint as object)
        }
      },
    ),
    { numRuns: 200 },
  )
})

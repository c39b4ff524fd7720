import { QueryClient } from '@tanstack/query-core'
import { createBalanceClient } from 'lamplight/core'
import { expect, it, onTestFinished } from 'vitest'
import { addressOfBytes } from '../../../src/base/address.js'
import { systemClock } from '../../../src/base/clock.js'
import { createClockTick } from '../../../src/client/balances/chainTime.js'
import { observeWallet, type WalletResult } from '../../../src/client/balances/walletObserver.js'
import { stubNode } from '../../support/stubNode.js'

const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'
const MINTS = 10_000
const owner = addressOfBytes(new Uint8Array(32).fill(3))
const numbered = (kind: number, i: number) => {
  const bytes = new Uint8Array(32).fill(kind)
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}
const account = (bytes: Uint8Array) => ({
  lamports: 2_039_280,
  owner: TOKEN,
  data: [Buffer.from(bytes).toString('base64'), 'base64'],
  executable: false,
  rentEpoch: 0,
  space: bytes.length,
})
function tokenBytes(i: number) {
  const bytes = new Uint8Array(165)
  bytes.set(numbered(7, i))
  bytes.fill(3, 32, 64)
  new DataView(bytes.buffer).setBigUint64(64, BigInt(i + 1), true)
  bytes[108] = 1
  return bytes
}
const mint = new Uint8Array(82)
mint[44] = 6
mint[45] = 1

it('reads a wallet of ten thousand mints to its end, and shows them all', async () => {
  const rows = Array.from({ length: MINTS }, (_, i) => ({
    pubkey: addressOfBytes(numbered(9, i)),
    account: account(tokenBytes(i)),
  }))
  const node = await stubNode(({ method, params }) => {
    const isList = method === 'getTokenAccountsByOwner'
    const isClassic = (params[1] as { programId?: string })?.programId === TOKEN
    const value = isList ? (isClassic ? rows : []) : (params[0] as readonly string[]).map(() => account(mint))
    return { result: { context: { slot: 5 }, value } }
  })
  const queryClient = new QueryClient()
  onTestFinished(() => queryClient.clear())
  const client = createBalanceClient({ queryClient, rpcUrl: node.url, url: false })
  let shown: WalletResult | undefined
  const stop = observeWallet(
    client,
    { owner, commitment: 'confirmed', pollInterval: false, query: {} },
    createClockTick(systemClock),
    (give) => {
      shown = give() as WalletResult
    },
  )
  onTestFinished(stop)
  await expect.poll(() => shown?.data?.length, { timeout: 110_000, interval: 500 }).toBe(MINTS)
  expect(shown?.incomplete).toEqual([])
}, 120_000)

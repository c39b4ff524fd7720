import { QueryClient } from '@tanstack/query-core'
import { transferSol } from 'lamplight/actions'
import { type BalanceClient, createBalanceClient, systemClock } from 'lamplight/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { sharePending } from '../../../src/client/tabs/pendingTabs.js'
import type { Channel } from '../../../src/client/tabs/tabChannel.js'
import { newAddress } from '../../support/localnet.js'
import { eventually, type Stage, shownOf, stage } from '../../transactions/stage.js'

// Two busy cores are slower than a waiting test thinks; what never comes still fails.
vi.setConfig({ testTimeout: 20_000 })

const START = 10_000_000_000n
const dropped = { on: 'http', method: 'sendTransaction', do: { raw: '{"jsonrpc":"2.0","result":"x"}' } } as const

/** Joins the tabs of one browser; the returned function is a reload. */
function join(client: BalanceClient, id: string, name: string): () => void {
  const { queryClient, cluster } = client
  const openChannel = (channel: string) => new BroadcastChannel(channel) as unknown as Channel
  const leave = sharePending({ queryClient, cluster, clock: systemClock, id, name, openChannel })
  onTestFinished(leave)
  return leave
}

/** A tab that acts, and one that shows the same two accounts. */
async function twoTabs() {
  const here: Stage = await stage()
  const [to, name] = [newAddress(), newAddress()]
  const queryClient = new QueryClient()
  const { rpcUrl, wsUrl } = here.net
  const there = createBalanceClient({ queryClient, rpcUrl, url: wsUrl, webSocket: WebSocket as never })
  onTestFinished(there.open())
  for (const address of [here.signer.address, to])
    onTestFinished(there.followAccount({ address: address as never, commitment: 'confirmed' }))
  await eventually(() => expect(shownOf(there, here.signer.address)?.amount).toBe(START))
  await eventually(() => expect(shownOf(there, to)?.amount).toBe(0n))
  const reload = join(here.client, 'a', name)
  join(there, 'b', name)
  return { ...here, there, to, reload, name }
}

it('shows in every tab what one has signed, and counts it once until the chain has it', async () => {
  const { client, signer, there, to } = await twoTabs()
  const sums = new Set<bigint>()
  const pending = new Set<bigint>()
  onTestFinished(
    there.queryClient.getQueryCache().subscribe(() => {
      const shown = shownOf(there, to)
      sums.add(shown?.sum as bigint)
      pending.add(shown?.pending as bigint)
    }),
  )
  await transferSol(client, signer, { to, lamports: 7_000_000n })
  await eventually(() => expect(shownOf(there, to)).toEqual({ amount: 7_000_000n, pending: 0n, sum: 7_000_000n }))
  await eventually(() => expect(shownOf(there, signer.address)?.pending).toBe(0n))
  expect(shownOf(there, signer.address)?.amount).toBe(START - 7_005_000n)
  expect([...pending]).toContain(7_000_000n)
  expect([...sums].filter((sum) => sum !== 0n)).toEqual([7_000_000n])
})

it('leaves nothing in the other tabs of a tab that is loaded again, and tells a new tab what is on its way', async () => {
  const { net, client, signer, there, to, reload, name, options } = await twoTabs()
  net.faults.add(dropped)
  const giveUp = new AbortController()
  const run = transferSol(client, signer, { to, lamports: 7_000_000n }, { ...options, signal: giveUp.signal }).catch(
    () => {},
  )
  await eventually(() => expect(shownOf(there, to)?.pending).toBe(7_000_000n))
  const late = createBalanceClient({ queryClient: new QueryClient(), rpcUrl: net.rpcUrl, url: false })
  const key = ['lamplight', late.cluster, 'confirmed', 'account', to]
  late.queryClient.setQueryData(key, await late.readAccount({ address: to as never, commitment: 'confirmed' }))
  join(late, 'c', name)
  await eventually(() => expect(shownOf(late, to)?.pending).toBe(7_000_000n))
  reload()
  await eventually(() => expect(shownOf(there, to)?.pending).toBe(0n))
  await eventually(() => expect(shownOf(late, to)?.pending).toBe(0n))
  expect(shownOf(there, signer.address)).toEqual({ amount: START, pending: 0n, sum: START })
  giveUp.abort()
  await run
})

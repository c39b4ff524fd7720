import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { act, waitFor } from '@testing-library/react'
import { useTokenBalance } from 'lamplight'
import { useEffect } from 'react'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

/** `WHOLE_MEMORY=1`: more than any page has, in minutes. What is left behind by a few is left behind by many. */
const isWhole = Boolean(process.env.WHOLE_MEMORY)
const COUNT = isWhole ? 10_000 : 120
const ROUNDS = isWhole ? 20 : 5
const MAX_UNOBSERVED = 10
/** The mint, and what is remembered of the last one that was used. */
const FEW = 5

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

it(
  `gives back what ${COUNT} balances took, ${ROUNDS} times`,
  async () => {
    const net = await localnet()
    const mint = net.createMint({ decimals: 0 })
    const owners = Array.from({ length: COUNT }, newAddress)
    for (const owner of owners) net.setTokenBalance({ owner, mint, amount: 1n })
    const live = new Set<string>()
    function Balance({ owner }: { readonly owner: string }) {
      const { freshness, data } = useTokenBalance({ owner, mint })
      const isThere = freshness === 'live' && data?.exists
      useEffect(() => {
        if (isThere) live.add(owner)
        return () => void live.delete(owner)
      }, [owner, isThere])
      return null
    }
    const queryClient = new QueryClient()
    const limits = { unsubscribeAfterMs: 1 }
    const budget = { requestsPerSecond: 0 }
    const view = renderApp(null, net, { queryClient, maxInactive: MAX_UNOBSERVED, limits, budget })
    async function left() {
      await waitFor(() => expect(queryClient.getQueryCache().getAll().length).toBeLessThan(MAX_UNOBSERVED + FEW), {
        timeout: 20_000,
      })
      await waitFor(() => expect(net.stats().subscriptions.account).toBe(0))
      await act(async () => {})
      collect()
      return process.memoryUsage().heapUsed
    }
    async function comeAndGo() {
      view.show(owners.map((owner) => <Balance key={owner} owner={owner} />))
      await waitFor(() => expect(live.size).toBe(COUNT), { timeout: 600_000, interval: 100 })
      view.show(null)
      await waitFor(() => expect(live.size).toBe(0))
    }
    // What is compiled and remembered once is not what is looked for.
    await comeAndGo()
    await comeAndGo()
    const before = await left()
    for (let round = 2; round < ROUNDS; round++) await comeAndGo()
    const after = await left()
    expect(after / before).toBeLessThan(1.05)
    // Sweeps more thoroughly than the above, and takes seconds for it. The one of the mint is kept for whoever comes next.
    const observers = queryObjects(QueryObserver) as unknown as number
    expect(observers).toBeGreaterThan(0)
    expect(observers).toBeLessThan(FEW)
  },
  isWhole ? 1_800_000 : 40_000,
)

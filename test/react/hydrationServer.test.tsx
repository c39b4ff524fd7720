// @vitest-environment node
import {
  type DehydratedState,
  dehydrate,
  HydrationBoundary,
  QueryClient,
  QueryClientProvider,
} from '@tanstack/react-query'
import { useBalanceClient, WebSocketProvider } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { allowHydration, createBalanceClient, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import { useBalancePersistence } from 'lamplight/persist'
import { version } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { localnet, newAddress } from '../support/localnet.js'

/** What an app has below the provider and a server runs as well. */
function Kept() {
  useBalancePersistence()
  return <p>{useBalanceClient().cluster}</p>
}

it('a server without a DOM writes the amounts it prefetched, opens nothing, and keeps nothing', async () => {
  expect(typeof window).toBe('undefined')
  expect(version.split('.')[0]).toBe(process.env.REACT_MAJOR)
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 2 })
  net.fund(owner, 7_000_000_000n)
  net.setTokenBalance({ owner, mint, amount: 1234n })
  const queryClient = allowHydration(new QueryClient())
  const client = createBalanceClient({ queryClient, rpcUrl: net.rpcUrl, url: false, cluster: 'test' })
  net.resetStats()
  await Promise.all([
    queryClient.prefetchQuery(tokenBalanceOptions(client, { owner, mint })),
    queryClient.prefetchQuery(solBalanceOptions(client, { owner })),
  ])
  const html = renderToString(
    <QueryClientProvider client={allowHydration(new QueryClient())}>
      <HydrationBoundary state={JSON.parse(JSON.stringify(dehydrate(queryClient))) as DehydratedState}>
        <WebSocketProvider rpcUrl={net.rpcUrl} cluster="test">
          <Kept />
          <TokenBalance owner={owner} mint={mint} symbol="TEST" />
          <SolBalance owner={owner} />
        </WebSocketProvider>
      </HydrationBoundary>
    </QueryClientProvider>,
  )
  expect(html).toMatch(/data-lamp="token-balance" data-state="stale"[^>]*>12.34 TEST</)
  expect(html).toMatch(/data-lamp="sol-balance" data-state="stale"[^>]*>7 SOL</)
  expect(html).toContain('<p>test</p>')
  expect(net.stats()).toMatchObject({ httpRequests: 1, socketsOpened: 0 })
})

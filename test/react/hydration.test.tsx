import { ConnectionProvider } from '@solana/wallet-adapter-react'
import {
  type DehydratedState,
  dehydrate,
  HydrationBoundary,
  hydrate,
  QueryClient,
  QueryClientProvider,
} from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { useTokenBalance, WebSocketProvider } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { allowHydration, createBalanceClient, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it, onTestFinished, vi } from 'vitest'
import { renderApp, webSocket } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

interface Wanted {
  readonly owner: string
  readonly mint: string
}

/** Everything a person could read of a value. */
function Origin({ owner, mint }: Wanted) {
  const { data, freshness } = useTokenBalance({ owner, mint })
  return <p data-testid="origin">{`${data?.text} ${data?.source} ${freshness}`}</p>
}

it('shows what the server read from the first frame, stale until the chain confirms it, without a mismatch', async () => {
  const net = await localnet()
  const wanted = { owner: newAddress(), mint: net.createMint({ decimals: 2, program: 'token-2022' }) }
  const amount = 2n ** 63n
  net.fund(wanted.owner, 7_000_000_000n)
  net.setTokenBalance({ ...wanted, amount })

  // The page comes to life a while after it was written.
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 90_000)
  const server = allowHydration(new QueryClient())
  const client = createBalanceClient({ queryClient: server, rpcUrl: net.rpcUrl, url: false, cluster: 'test' })
  await Promise.all([
    server.prefetchQuery(tokenBalanceOptions(client, wanted)),
    server.prefetchQuery(solBalanceOptions(client, wanted)),
  ])
  const text = JSON.stringify(dehydrate(server))

  /** The same on both sides: a new cache, and the text that was sent. */
  const app = () => (
    <StrictMode>
      <ConnectionProvider endpoint={net.rpcUrl}>
        <QueryClientProvider client={allowHydration(new QueryClient())}>
          <HydrationBoundary state={JSON.parse(text) as DehydratedState}>
            <WebSocketProvider url={net.wsUrl} webSocket={webSocket} cluster="test">
              <TokenBalance {...wanted} data-testid="token" />
              <SolBalance owner={wanted.owner} data-testid="sol" />
              <Origin {...wanted} />
            </WebSocketProvider>
          </HydrationBoundary>
        </QueryClientProvider>
      </ConnectionProvider>
    </StrictMode>
  )
  const html = renderToString(app())
  clock.mockRestore()
  expect(html).toContain('>92,233,720,368,547,758.08<')
  expect(html).toContain('>92233720368547758.08 restored stale<')

  const logged = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')]
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  const seen: string[] = []
  const look = () => {
    const shown = container.querySelector<HTMLElement>('[data-testid=token]')
    if (shown) seen.push(`${shown.textContent} ${shown.dataset.state}`)
  }
  look()
  const watch = new MutationObserver(look)
  watch.observe(container, { subtree: true, childList: true, attributes: true, characterData: true })
  onTestFinished(() => watch.disconnect())
  const mismatches: unknown[] = []
  render(app(), { container, hydrate: true, onRecoverableError: (error) => mismatches.push(error) })
  look()
  await waitFor(() => expect(screen.getByTestId('token')).toHaveAttribute('data-state', 'live'))
  await waitFor(() => expect(screen.getByTestId('sol')).toHaveAttribute('data-state', 'live'))
  expect(screen.getByTestId('origin')).toHaveTextContent('92233720368547758.08 fetch live')
  expect(seen[0]).toBe('92,233,720,368,547,758.08 stale')
  expect(new Set(seen.map((each) => each.split(' ')[0]))).toEqual(new Set(['92,233,720,368,547,758.08']))

  net.setTokenBalance({ ...wanted, amount: amount + 1n })
  await waitFor(() => expect(screen.getByTestId('origin')).toHaveTextContent('92233720368547758.09 stream live'))
  expect(mismatches).toEqual([])
  for (const spy of logged) expect(spy).not.toHaveBeenCalled()
})

it('never calls a balance live whose mint was sent and not confirmed, even where mounting asks for nothing', async () => {
  const net = await localnet()
  const wanted = { owner: newAddress(), mint: net.createMint({ decimals: 2 }) }
  net.setTokenBalance({ ...wanted, amount: 1234n })
  const queryClient = allowHydration(new QueryClient({ defaultOptions: { queries: { refetchOnMount: false } } }))
  const server = allowHydration(new QueryClient())
  const client = createBalanceClient({ queryClient: server, rpcUrl: net.rpcUrl, url: false, cluster: 'test' })
  await server.prefetchQuery(tokenBalanceOptions(client, wanted))
  const text = JSON.stringify(dehydrate(server))
  expect(text).toContain('\\"decimals\\":2')
  hydrate(queryClient, JSON.parse(text.replace('\\"decimals\\":2', '\\"decimals\\":0')))

  const seen: string[] = []
  function Look() {
    const { data, freshness } = useTokenBalance({ ...wanted, pollInterval: 300 })
    seen.push(`${data?.text} ${freshness}`)
    return <p data-testid="look">{seen.at(-1)}</p>
  }
  renderApp(<Look />, net, { queryClient, cluster: 'test' })
  await waitFor(() => expect(screen.getByTestId('look')).toHaveTextContent('12.34 live'))
  expect(seen).toContain('1234 stale')
  expect(seen).not.toContain('1234 live')
  expect(seen).not.toContain('1234 polling')
})

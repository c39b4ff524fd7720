import { ConnectionProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, waitFor } from '@testing-library/react'
import { WebSocketProvider } from 'lamplight'
import { ConnectionStatus, SolBalance, TokenBalance } from 'lamplight/components'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'
import { webSocket } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

it('opens nothing on a server, and the page takes its markup over without a mismatch', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0 })
  net.setTokenBalance({ owner, mint, amount: 12n })
  net.resetStats()
  const app = () => (
    <StrictMode>
      <ConnectionProvider endpoint={net.rpcUrl}>
        <QueryClientProvider client={new QueryClient()}>
          <WebSocketProvider url={net.wsUrl} webSocket={webSocket}>
            <TokenBalance owner={owner} mint={mint} data-testid="token" />
            <SolBalance owner={owner} />
            <ConnectionStatus announce />
          </WebSocketProvider>
        </QueryClientProvider>
      </ConnectionProvider>
    </StrictMode>
  )
  const html = renderToString(app())
  expect(html).toContain('data-state="loading"')
  await act(async () => {})
  expect(net.stats()).toMatchObject({ httpRequests: 0, socketsOpened: 0 })

  const logged = vi.spyOn(console, 'error')
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  const mismatches: unknown[] = []
  render(app(), { container, hydrate: true, onRecoverableError: (error) => mismatches.push(error) })
  await waitFor(() => expect(container.querySelector('[data-testid=token]')).toHaveTextContent('12'))
  expect(mismatches).toEqual([])
  expect(logged).not.toHaveBeenCalled()
})

import { useSuspenseQuery } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import { useBalanceClient } from 'lamplight'
import { TokenBalance } from 'lamplight/components'
import { address, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import { Component, type ReactNode, Suspense } from 'react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const fallbacks = { count: 0 }
beforeEach(() => {
  fallbacks.count = 0
})

function Fallback() {
  fallbacks.count++
  return <p>Loading</p>
}
class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render = () => (this.state.error ? <p role="alert">{this.state.error.message}</p> : this.props.children)
}

function Token({ owner, mint }: { owner: string; mint: string }) {
  const { data } = useSuspenseQuery(tokenBalanceOptions(useBalanceClient(), { owner, mint }))
  return <p data-testid="token">{data.text}</p>
}
function Sol({ owner }: { owner: string }) {
  const { data } = useSuspenseQuery(solBalanceOptions(useBalanceClient(), { owner }))
  return <p data-testid="sol">{data.text}</p>
}

describe('under Suspense', () => {
  it('keeps the chain’s time for as long as the mint, so that nothing on screen waits for it again', async () => {
    const net = await localnet()
    const [owner, mint] = [newAddress(), net.createMint({ decimals: 2, program: 'token-2022', uiMultiplier: 2 })]
    const { queryClient } = renderApp(
      <Suspense fallback={<Fallback />}>
        <Token owner={owner} mint={mint} />
      </Suspense>,
      net,
    )
    await waitFor(() => expect(screen.getByTestId('token')).toHaveTextContent('0'))
    const entries = queryClient.getQueryCache().findAll()
    const keptMs = [address('SysvarC1ock11111111111111111111111111111111'), mint].map(
      (at) => entries.find(({ queryKey }) => queryKey.includes(at))?.gcTime,
    )
    expect(keptMs).toEqual([Infinity, Infinity])
  })

  it.each(['token', 'token-2022'] as const)(
    'a balance of the program %s waits, shows, and follows what a hook keeps live',
    async (program) => {
      const net = await localnet()
      const [owner, mint] = [newAddress(), net.createMint({ decimals: 2, program })]
      net.fund(owner, 5_000_000_000n)
      net.setTokenBalance({ owner, mint, amount: 1234n })
      renderApp(
        <Boundary>
          <Suspense fallback={<Fallback />}>
            <Token owner={owner} mint={mint} />
            <Sol owner={owner} />
          </Suspense>
          <TokenBalance owner={owner} mint={mint} data-testid="hook" />
        </Boundary>,
        net,
      )
      expect(screen.getByText('Loading')).toBeInTheDocument()
      await waitFor(() => expect(screen.getByTestId('token')).toHaveTextContent('12.34'))
      expect(screen.getByTestId('sol')).toHaveTextContent('5')
      await waitFor(() => expect(screen.getByTestId('hook')).toHaveAttribute('data-state', 'live'))
      net.setTokenBalance({ owner, mint, amount: 5n })
      await waitFor(() => expect(screen.getByTestId('hook')).toHaveTextContent('0.05'))
      expect(screen.getByTestId('token')).toHaveTextContent('0.05')
    },
  )

  it('a mint that does not exist reaches the boundary with its reason', async () => {
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    const net = await localnet()
    renderApp(
      <Boundary>
        <Suspense fallback={<Fallback />}>
          <Token owner={newAddress()} mint={newAddress()} />
        </Suspense>
      </Boundary>,
      net,
    )
    expect(await screen.findByRole('alert')).toHaveTextContent(/^mint: \w+ does not exist\.$/)
    expect(fallbacks.count).toBeGreaterThan(0)
    quiet.mockRestore()
  })
})

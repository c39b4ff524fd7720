import { screen, waitFor } from '@testing-library/react'
import { SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const balance = () => screen.getByTestId('b')

it('fault 20: starts over with a chain that was reset, instead of holding its old values against the new ones', async () => {
  const first = await localnet({ automine: false, slotMs: 50, startSlot: 100_000 })
  const owner = newAddress()
  first.fund(owner, 9_000_000_000n)
  first.tick(4)
  const { rpcUrl, wsUrl } = first
  renderApp(<SolBalance owner={owner} data-testid="b" />, first, { backoff: { capMs: 500 } })
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'live'))
  expect(balance()).toHaveTextContent('9 SOL')
  await first.stop()
  const port = Number(new URL(rpcUrl).port)
  const second = await localnet({
    automine: false,
    slotMs: 50,
    startSlot: 10,
    port,
    wsPort: Number(new URL(wsUrl).port),
  })
  second.fund(owner, 1_000_000_000n)
  second.tick(4)
  await waitFor(() => expect(balance()).toHaveTextContent('1 SOL'), { timeout: 25_000 })
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'live'), { timeout: 10_000 })
}, 45_000)

import { screen, waitFor } from '@testing-library/react'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const shown = (title: string) => screen.getByTestId(title)

it('shows a token balance and follows it without reading again', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 6 })
  net.setTokenBalance({ owner, mint, amount: 1_500_000n })
  net.resetStats()

  renderApp(<TokenBalance owner={owner} mint={mint} symbol="TKN" data-testid="b" />, net)
  expect(shown('b')).toHaveAttribute('data-state', 'loading')
  await waitFor(() => expect(shown('b')).toHaveAttribute('data-state', 'live'))
  expect(shown('b')).toHaveTextContent('1.5 TKN')
  expect(net.stats()).toMatchObject({ httpRequests: 1, accountsRead: 2, sockets: 1, subscriptions: { account: 1 } })

  net.setTokenBalance({ owner, mint, amount: 123_456_789_012_345_678n })
  await waitFor(() => expect(shown('b')).toHaveTextContent('123456789012.345678 TKN'))
  expect(net.stats().httpRequests).toBe(1)
})

it('shows SOL', async () => {
  const net = await localnet()
  const owner = newAddress()
  renderApp(<SolBalance owner={owner} data-testid="b" />, net)
  await waitFor(() => expect(shown('b')).toHaveAttribute('data-state', 'missing'))
  net.fund(owner, 2_000_000_001n)
  await waitFor(() => expect(shown('b')).toHaveTextContent('2.000000001 SOL'))
})

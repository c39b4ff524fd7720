import { act, screen, waitFor } from '@testing-library/react'
import { type BalanceClient, useBalanceClient } from 'lamplight'
import { LamplightI18n, SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import type { Address } from '../../src/base/address.js'
import { optimisticUpdatesOf } from '../../src/client/pending/optimisticUpdates.js'
import { newPendingTransaction } from '../../src/client/pending/pendingTransaction.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

it.each([
  [-500_000_000n, 'en', '1 SOL−0.5 pending'],
  [500_000_000n, 'en', '1 SOL+0.5 pending'],
  [-500_000_000n, 'de', '1 SOL−0,5 unterwegs'],
])('shows %s that are on their way beside what the chain has confirmed (%s)', async (lamports, locale, text) => {
  const net = await localnet()
  const owner = newAddress() as Address
  net.fund(owner, 1_000_000_000n)
  let client!: BalanceClient
  function Grab() {
    client = useBalanceClient()
    return null
  }
  renderApp(
    <LamplightI18n locale={locale}>
      <Grab />
      <SolBalance owner={owner} explain={false} data-testid="b" />
    </LamplightI18n>,
    net,
  )
  const balance = () => screen.getByTestId('b')
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'live'))
  const optimisticUpdates = optimisticUpdatesOf(client)
  act(() => optimisticUpdates.set(newPendingTransaction('f', [{ address: owner, lamports, tokens: 0n }], [])))
  await waitFor(() => expect(balance().textContent?.startsWith(text)).toBe(true))
  act(() => optimisticUpdates.drop(['f']))
  await waitFor(() => expect(balance().querySelector('[data-part="pending"]')).toBeNull())
  expect(balance()).toHaveAttribute('data-state', 'live')
})

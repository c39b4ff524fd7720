import { waitFor } from '@testing-library/react'
import { type BalanceClient, useBalanceClient } from 'lamplight'
import { SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

it('asks how fresh a balance is when something happened to it, not when it happened to another', async () => {
  const net = await localnet()
  const owners = Array.from({ length: 100 }, newAddress)
  for (const owner of owners) net.fund(owner, 1n)
  let asked = 0
  function Count() {
    const client = useBalanceClient() as { freshness: BalanceClient['freshness'] }
    const { freshness } = client
    client.freshness = (...of) => {
      asked++
      return freshness(...of)
    }
    return null
  }
  const tree = (
    <>
      <Count />
      {owners.map((owner) => (
        <SolBalance key={owner} owner={owner} />
      ))}
    </>
  )
  renderApp(tree, net)
  await waitFor(() => expect(document.querySelectorAll('[data-state="live"]')).toHaveLength(100))
  // Once a render and once for each thing that may change it; a hundred balances that told each other would be 10,000 each time.
  expect(asked).toBeLessThan(100 * 60)
  asked = 0
  net.fund(owners[0] as string, 1n)
  await waitFor(() => expect(document.querySelector('[data-state="live"]')).toHaveTextContent('0.000000002'))
  expect(asked).toBeLessThan(20)
})

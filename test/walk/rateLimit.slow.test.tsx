import { waitFor } from '@testing-library/react'
import { TokenBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { openGateway } from '../support/gateway.js'
import { localnet, newAddress } from '../support/localnet.js'

/** What a thousand token balances of one mint need: the mint and a thousand accounts, a hundred to a request. */
const LEAST_REQUESTS = 11

it.each([10, 8])(
  'a thousand balances are shown through a node that takes %i requests a second, with few more than have to be',
  async (limit) => {
    const net = await localnet()
    const { seen, url } = await openGateway(net.rpcUrl, limit)
    const mint = net.createMint({ decimals: 0 })
    const owners = Array.from({ length: 1000 }, newAddress)
    for (const owner of owners) net.setTokenBalance({ owner, mint, amount: 7n })
    renderApp(
      owners.map((owner) => <TokenBalance key={owner} owner={owner} mint={mint} />),
      { rpcUrl: url, wsUrl: net.wsUrl },
      { firstReadDelayMs: 40_000 },
    )
    const shown = (state: string) => document.querySelectorAll(`[data-state="${state}"]`)
    await waitFor(() => expect(shown('live')).toHaveLength(1000), { timeout: 40_000 })
    expect([...shown('live')].every((each) => each.textContent?.startsWith('7'))).toBe(true)
    expect(seen.requests).toBeLessThanOrEqual(Math.floor(1.3 * LEAST_REQUESTS))
    expect(seen.insideRetryAfter).toBe(0)
  },
  60_000,
)

import { render, screen } from '@testing-library/react'
import { useTokenBalance } from 'lamplight'
import { createLedger, createTestWallet, LedgerProvider } from 'lamplight/testing'
import { expect, it } from 'vitest'

function Points({ mint }: { mint: string }) {
  const { data, freshness } = useTokenBalance({ mint })
  return <p>{data ? `${data.text} points, ${freshness}` : 'Loading…'}</p>
}

it('shows the points of the connected wallet', async () => {
  const on = { ledger: createLedger({ automine: true }), wallet: createTestWallet() }
  const mint = on.ledger.createMint({ decimals: 2 })
  on.ledger.setTokenBalance({ owner: on.wallet.address, mint, amount: 1250 })
  render(<Points mint={mint} />, { wrapper: (props) => <LedgerProvider {...on} {...props} /> })
  expect(await screen.findByText('12.5 points, live')).toBeTruthy()
})

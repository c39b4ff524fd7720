import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { act, render, screen, waitFor } from '@testing-library/react'
import { createLedger, createTestWallet, LedgerProvider } from 'lamplight/testing'
import { expect, it } from 'vitest'
import { WalletCard } from '../../examples/owned/WalletCard.js'
import { importsOf, parsed } from '../support/sourceTree.js'

const directory = resolve(import.meta.dirname, '../../examples/owned')
const files = ['Balance.tsx', 'WalletCard.tsx']
const soon = { timeout: 10_000 }
const says = (text: string | RegExp) => screen.findByText(text, undefined, soon)
const is = (text: string, state: string) =>
  waitFor(() => expect(screen.getByText(text).dataset.state).toBe(state), soon)
const press = (name: string) => act(async () => screen.getByRole('button', { name }).click())

it('are components that need nothing but public doors and peers', () => {
  const from = files.flatMap((name) => importsOf(parsed(name, readFileSync(resolve(directory, name), 'utf8'))))
  expect([...new Set(from.map((each) => each.from))].sort()).toEqual([
    './Balance.js',
    '@solana/wallet-adapter-react',
    'lamplight',
    'lamplight/components',
  ])
})

it('connect a wallet, and show what it has, live, old, and gone', async () => {
  const [ledger, wallet] = [createLedger({ automine: true }), createTestWallet()]
  const mint = ledger.createMint({ decimals: 2 })
  ledger.fund(wallet.address, 5_000_000_000n)
  render(
    <LedgerProvider ledger={ledger} wallet={wallet} isConnected={false}>
      <WalletCard tokens={[{ mint, symbol: 'TKN' }]} />
    </LedgerProvider>,
  )
  await press('Connect Test wallet')
  await is('5 SOL', 'live')
  await is('No account', 'missing')
  ledger.setTokenBalance({ owner: wallet.address, mint, amount: 1250n })
  await is('12.5 TKN', 'live')
  ledger.faults.add({ on: 'wsOpen', do: { status: 503 } })
  ledger.faults.add({ on: 'http', do: { status: 500 } })
  ledger.dropSockets()
  await waitFor(() => expect(screen.getAllByText('May be out of date')).toHaveLength(2), soon)
  ledger.faults.clear()
  await says('Reconnecting… Retry now')
  await press('Reconnecting… Retry now')
  await is('12.5 TKN', 'live')
  await press('Disconnect')
  expect(screen.getByRole('button', { name: 'Connect Test wallet' })).toBeTruthy()
})

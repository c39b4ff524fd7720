import { useWallet } from '@solana/wallet-adapter-react'
import { act, render, screen, waitFor } from '@testing-library/react'
import { useSolBalance, useTokenBalance } from 'lamplight'
import { useTransferToken } from 'lamplight/actions'
import { SolBalance } from 'lamplight/components'
import {
  createLedger,
  createTestWallet,
  LedgerProvider,
  type LedgerProviderProps,
  type PageLedger,
  type TestWallet,
} from 'lamplight/testing'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let ledger: PageLedger
let wallet: TestWallet
let mint: string

beforeEach(() => {
  ledger = createLedger({ automine: true })
  wallet = createTestWallet()
  mint = ledger.createMint({ decimals: 2 })
  ledger.fund(wallet.address, 5_000_000_000n)
  ledger.setTokenBalance({ owner: wallet.address, mint, amount: 1000n })
})
afterEach(() => ledger.stop())

const soon = { timeout: 10_000 }
const show = (children: ReactNode, props: Partial<LedgerProviderProps> = { wallet }) =>
  render(
    <LedgerProvider ledger={ledger} {...props}>
      {children}
    </LedgerProvider>,
  )
const says = (text: string | RegExp) => screen.findByText(text, undefined, soon)
const press = (name: string) => act(async () => screen.getByText(name).click())

function Account() {
  const { publicKey, disconnect, select } = useWallet()
  const { data } = useSolBalance()
  return (
    <>
      <p>{publicKey ? `${publicKey} has ${data?.text}` : 'nobody'}</p>
      <button type="button" onClick={() => void disconnect()}>
        leave
      </button>
      <button type="button" onClick={() => select(wallet.adapter.name)}>
        come
      </button>
    </>
  )
}

function Pay({ to }: { to: string }) {
  const { data, freshness } = useTokenBalance({ mint })
  const { mutate, phase, error } = useTransferToken()
  return (
    <>
      <p>{`${data?.text} ${freshness}`}</p>
      <button type="button" onClick={() => mutate({ mint, to, amount: '4', createRecipientAccount: true })}>
        pay
      </button>
      <p>{error ? `${phase} ${error.code}` : phase}</p>
    </>
  )
}

describe('LedgerProvider', () => {
  it('has the wallet connected in the first render, and gone and back when it is told', async () => {
    show(<Account />)
    expect(screen.getByText(new RegExp(`^${wallet.address}`))).toBeTruthy()
    await says(`${wallet.address} has 5`)
    await press('leave')
    await says('nobody')
    await press('come')
    await says(`${wallet.address} has 5`)
  })

  it('has nobody connected where that is wished, or where there is no wallet', async () => {
    const { unmount } = show(<Account />, { wallet, isConnected: false })
    await says('nobody')
    unmount()
    show(<Account />, {})
    await says('nobody')
  })

  it('has a transfer signed by the wallet and run by the ledger', async () => {
    const to = createTestWallet().address
    show(<Pay to={to} />)
    await says('10 live')
    await press('pay')
    await says('confirmed')
    await says('6 live')
  })

  it('has the wallet say no, and yes again', async () => {
    const to = createTestWallet().address
    show(<Pay to={to} />)
    await says('10 live')
    wallet.refuse()
    await press('pay')
    await says('rejected wallet/rejected')
    expect(screen.getByText('10 live')).toBeTruthy()
    wallet.approve()
    await press('pay')
    await says('6 live')
  })

  it('shows what faults of the ledger do to a component', async () => {
    show(<Pay to={wallet.address} />)
    await says('10 live')
    ledger.faults.add({ on: 'wsOpen', do: { status: 503 } })
    ledger.faults.add({ on: 'http', do: { status: 500 } })
    ledger.dropSockets()
    await says('10 stale')
    ledger.setTokenBalance({ owner: wallet.address, mint, amount: 2000n })
    ledger.faults.clear()
    await says('20 live')
  })

  it('keeps the amount of a component, and says that it may be old', async () => {
    show(<SolBalance />)
    const shows = (state: string) =>
      waitFor(() => expect(document.querySelector(`[data-state="${state}"]`)?.textContent).toContain('5 SOL'), soon)
    await shows('live')
    ledger.faults.add({ on: 'wsOpen', do: { status: 503 } })
    ledger.faults.add({ on: 'http', do: { status: 500 } })
    ledger.dropSockets()
    await shows('stale')
  })

  it('is the same wallet for the same seed', () => {
    const seed = new Uint8Array(32).fill(7)
    expect(createTestWallet({ seed }).address).toBe(createTestWallet({ seed }).address)
    expect(createTestWallet().address).not.toBe(wallet.address)
  })
})

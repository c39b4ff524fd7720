import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { type BalanceClient, useBalanceClient } from 'lamplight'
import { BalanceToasts, type BalanceToastsProps, LamplightI18n, SolBalance } from 'lamplight/components'
import { describe, expect, it } from 'vitest'
import type { Address } from '../../src/base/address.js'
import { optimisticUpdatesOf } from '../../src/client/pending/optimisticUpdates.js'
import { newPendingTransaction } from '../../src/client/pending/pendingTransaction.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const SOL = 1_000_000_000n

async function shown(props: BalanceToastsProps = {}, locale = 'en') {
  const net = await localnet()
  const [owner, mint] = [newAddress() as Address, net.createMint({ decimals: 2 })]
  const set = (amount: bigint, who = owner) => act(async () => void net.setTokenBalance({ owner: who, mint, amount }))
  const fund = (lamports: bigint, who = owner) => act(async () => void net.fund(who, lamports))
  await fund(SOL)
  await set(100n)
  const held: { client?: BalanceClient } = {}
  function Grab() {
    held.client = useBalanceClient()
    return null
  }
  const ui = (who: string | null = owner) => (
    <LamplightI18n locale={locale}>
      <Grab />
      <SolBalance owner={who} data-testid="b" />
      <BalanceToasts
        owner={who}
        tokens={[{ mint, symbol: 'TKN' }]}
        batchDelayMs={50}
        durationMs={Infinity}
        {...props}
      />
    </LamplightI18n>
  )
  const view = renderApp(ui(), net)
  const list = () => view.container.querySelector('[data-lamp="balance-toasts"]') as HTMLElement
  const told = () =>
    within(list())
      .queryAllByRole('listitem')
      .map((item) => item.textContent)
  const tells = (...texts: string[]) => waitFor(() => expect(told()).toEqual(texts))
  await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'live'))
  await waitFor(() => expect(held.client?.stats().socket?.subscriptions).toBeGreaterThanOrEqual(2))
  return { net, view, ui, owner, mint, set, fund, list, told, tells, client: held.client as BalanceClient }
}

describe('toasts of changes', () => {
  it('tell what came and went, politely, and nothing of first values', async () => {
    const { set, fund, list, told, tells } = await shown()
    expect(told()).toEqual([])
    expect(list()).toHaveAttribute('aria-live', 'polite')
    await set(250n)
    await tells('+1.5 TKN received')
    await fund(2n * SOL)
    await tells('+1.5 TKN received', '+2 SOL received')
    await set(50n)
    await tells('−0.5 TKN sentIn 2 changes', '+2 SOL received')
  })

  it('tell a hundred changes of one balance as one, with the sum', async () => {
    const { net, owner, tells, told } = await shown({ batchDelayMs: 400 })
    for (let i = 0; i < 100; i++) {
      net.fund(owner, SOL / 100n)
      if (i % 10 === 9) await act(() => new Promise((resolve) => setTimeout(resolve, 5)))
    }
    await waitFor(() => expect(told()[0]).toMatch(/^\+1 SOL received/))
    expect(told()).toHaveLength(1)
    await tells(told()[0] as string)
  })

  it('say nothing of what came and went again', async () => {
    const { set, tells } = await shown()
    await set(250n)
    await tells('+1.5 TKN received')
    await set(100n)
    await tells()
  })

  it('say nothing when the wallet is another one, nor of what the one before was told', async () => {
    const { net, view, ui, owner, set, tells, told, client } = await shown()
    const followed = client.stats().socket?.subscriptions
    const other = newAddress() as Address
    net.fund(other, 7n * SOL)
    await set(4200n, other)
    await set(250n)
    await tells('+1.5 TKN received')
    view.show(ui(other))
    await waitFor(() => expect(screen.getByTestId('b')).toHaveTextContent('7 SOL'))
    await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'live'))
    expect(told()).toEqual([])
    await waitFor(() => expect(client.stats().socket?.subscriptions).toBe(followed), { timeout: 8000 })
    // What has changed meanwhile is found by the first read, and is no news.
    net.fund(owner, SOL)
    view.show(ui())
    await waitFor(() => expect(screen.getByTestId('b')).toHaveTextContent('2 SOL'))
    await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'live'))
    await set(300n)
    await tells('+0.5 TKN received')
  })

  it('do not tell again what was shown as pending', async () => {
    const { owner, fund, client, told, tells } = await shown()
    const optimisticUpdates = optimisticUpdatesOf(client)
    act(() =>
      optimisticUpdates.set(newPendingTransaction('f', [{ address: owner, lamports: SOL / 2n, tokens: 0n }], [])),
    )
    await waitFor(() => expect(screen.getByTestId('b')).toHaveTextContent('+0.5 pending'))
    await fund(SOL / 2n)
    await waitFor(() => expect(screen.getByTestId('b')).toHaveTextContent(/^1\.5 SOL/), { timeout: 8000 })
    act(() => optimisticUpdates.drop(['f']))
    await waitFor(() => expect(screen.getByTestId('b')).not.toHaveTextContent('pending'))
    expect(told()).toEqual([])
    await fund(SOL)
    await tells('+1 SOL received')
  })

  it('show the newest, as many as there may be', async () => {
    const { set, fund, tells } = await shown({ max: 1 })
    await set(250n)
    await tells('+1.5 TKN received')
    await fund(SOL)
    await tells('+1 SOL received')
  })

  it('are dismissed by the keyboard, which stays among them and then goes back to where it was', async () => {
    const { view, ui, set, fund, told, tells } = await shown()
    view.show(
      <>
        <button type="button">Before</button>
        {ui()}
      </>,
    )
    await set(250n)
    await tells('+1.5 TKN received')
    await fund(SOL)
    await waitFor(() => expect(told()).toHaveLength(2))
    const before = screen.getByRole('button', { name: 'Before' })
    before.focus()
    await userEvent.tab()
    const [first, second] = screen.getAllByRole('button', { name: 'Dismiss' })
    expect(first).toHaveFocus()
    await userEvent.keyboard('{Enter}')
    expect(second).toHaveFocus()
    await waitFor(() => expect(told()).toHaveLength(1))
    await userEvent.keyboard('{Escape}')
    await tells()
    expect(before).toHaveFocus()
  })

  it('leave by themselves, and not while somebody is at them', async () => {
    const { set, list, tells, told } = await shown({ durationMs: 300 })
    await set(250n)
    await tells('+1.5 TKN received')
    fireEvent.pointerEnter(list())
    await act(() => new Promise((resolve) => setTimeout(resolve, 600)))
    expect(told()).toEqual(['+1.5 TKN received'])
    fireEvent.pointerLeave(list())
    await tells()
  })

  it.each([
    ['de', '+1,5 TKN erhalten'],
    ['ja', '+1.5 TKN を受け取りました'],
    ['ar', 'تم استلام \u2068+1.5 TKN\u2069'],
  ])('speak %s', async (locale, text) => {
    const { set, tells } = await shown({}, locale)
    await set(250n)
    await tells(text)
  })
})

import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { BalanceSparkline, type BalanceSparklineProps, LamplightI18n } from 'lamplight/components'
import { describe, expect, it } from 'vitest'
import { stepsOf } from '../../src/components/ChangeTable.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

async function shown(props: BalanceSparklineProps = {}, locale = 'en') {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 2 })
  const pay = (amount: bigint) => act(async () => void net.setTokenBalance({ owner, mint, amount }))
  await pay(100n)
  const ui = (who = owner) => (
    <LamplightI18n locale={locale}>
      <BalanceSparkline owner={who} mint={mint} symbol="TKN" data-testid="s" {...props} />
    </LamplightI18n>
  )
  const view = renderApp(ui(), net)
  const figure = screen.getByTestId('s')
  const says = (text: string | RegExp) => waitFor(() => expect(screen.getByRole('img', { name: text })).toBeVisible())
  return { net, view, ui, pay, figure, says, mint, owner }
}

describe('the history of a balance', () => {
  it('begins with what is known, and draws a step for each change', async () => {
    const { pay, figure, says } = await shown()
    await says('1 TKN. No change yet.')
    expect(figure).toHaveAttribute('data-state', 'live')
    for (const [amount, text] of [
      [250n, 'From 1 TKN to 2.5 TKN. Lowest 1 TKN, highest 2.5 TKN. Changes: 1.'],
      [50n, 'From 1 TKN to 0.5 TKN. Lowest 0.5 TKN, highest 2.5 TKN. Changes: 2.'],
      [150n, 'From 1 TKN to 1.5 TKN. Lowest 0.5 TKN, highest 2.5 TKN. Changes: 3.'],
    ] as const) {
      await pay(amount)
      await says(text)
    }
    expect(figure.querySelector('path')).toHaveAttribute('d', 'M0 75H25V0H50V100H75V50H100')
  })

  it('keeps the newest, and begins with what an app remembers', async () => {
    const history = [
      { amount: 700n, atMs: 1_700_000_000_000 },
      { amount: 900n, atMs: 1_700_000_100_000 },
    ]
    const { pay, says } = await shown({ history, points: 3 })
    await says('From 7 TKN to 1 TKN. Lowest 1 TKN, highest 9 TKN. Changes: 2.')
    await pay(200n)
    await says('From 9 TKN to 2 TKN. Lowest 1 TKN, highest 9 TKN. Changes: 2.')
  })

  it('is another one for another owner', async () => {
    const { net, view, ui, pay, says, mint } = await shown({ history: [{ amount: 700n, atMs: 1_700_000_000_000 }] })
    await says(/^From 7 TKN to 1 TKN/)
    await pay(200n)
    await says(/to 2 TKN/)
    const other = newAddress()
    net.setTokenBalance({ owner: other, mint, amount: 4200n })
    view.show(ui(other))
    await says('42 TKN. No change yet.')
  })

  it('never draws what was another owner’s, not even once', async () => {
    const net = await localnet()
    const [a, b] = [newAddress(), newAddress()]
    net.fund(a, 1n)
    net.fund(b, 500n)
    const drawn: string[] = []
    const ui = (owner: string) => (
      <BalanceSparkline owner={owner}>
        {(points) => {
          drawn.push(`${owner === a ? 'a' : 'b'}: ${points.map(({ amount }) => amount)}`)
          return <p data-testid="points">{points.map(({ amount }) => amount).join()}</p>
        }}
      </BalanceSparkline>
    )
    const { show } = renderApp(ui(a), net)
    const points = (text: string) => waitFor(() => expect(screen.getByTestId('points')).toHaveTextContent(text))
    await points('1')
    act(() => void net.fund(a, 1n))
    await points('1,2')
    show(ui(b))
    await points('500')
    expect(new Set(drawn.filter((each) => each.startsWith('b')))).toEqual(new Set(['b: ', 'b: 500']))
  })

  it('tells the same in a table that a button opens', async () => {
    const { pay, says } = await shown()
    await says(/No change yet/)
    await pay(250n)
    await says(/Changes: 1/)
    const button = screen.getByRole('button', { name: 'The table of changes' })
    expect(button).toHaveAttribute('aria-expanded', 'false')
    expect(screen.queryByRole('table')).toBeNull()
    await userEvent.click(button)
    expect(button).toHaveAttribute('aria-expanded', 'true')
    const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1)
    const cells = rows.map((row) => [...row.querySelectorAll('td')].slice(1).map((cell) => cell.textContent))
    expect(cells).toEqual([
      ['2.5 TKN', '+1.5 TKN'],
      ['1 TKN', '–'],
    ])
    await pay(50n)
    await waitFor(() => expect(screen.getByRole('cell', { name: '−2 TKN' })).toBeVisible())
  })

  it('draws SOL where no mint is named, and nothing for nobody', async () => {
    const net = await localnet()
    const owner = newAddress()
    net.fund(owner, 1_500_000_000n)
    const view = renderApp(<BalanceSparkline owner={owner} data-testid="s" />, net)
    await waitFor(() => expect(screen.getByRole('img', { name: '1.5 SOL. No change yet.' })).toBeVisible())
    view.show(<BalanceSparkline owner={null} data-testid="s" />)
    await waitFor(() => expect(screen.getByTestId('s')).toHaveAttribute('data-state', 'idle'))
  })

  it('says when it may be out of date, as a balance does', async () => {
    const { net, figure, says } = await shown({ pollInterval: 200 })
    await says(/No change yet/)
    await act(() => net.stop())
    await waitFor(() => expect(figure).toHaveAttribute('data-state', 'stale'), { timeout: 15_000 })
    expect(screen.getByRole('button', { name: /may be out of date/ })).toBeVisible()
  })

  it.each([
    ['de', '1 TKN. Noch keine Änderung.', 'Die Änderungen als Tabelle'],
    ['ja', '1 TKN. まだ変化はありません。', '変化の一覧表'],
    ['ar', /لا تغييرات بعد/, 'جدول التغييرات'],
  ])('speaks %s', async (locale, text, table) => {
    const { says } = await shown({}, locale)
    await says(text)
    expect(screen.getByRole('button', { name: table })).toBeVisible()
  })

  it('draws amounts that no float can hold apart', () => {
    const most = 2n ** 64n - 1n
    const steps = stepsOf([most - 2n, most - 1n, most].map((amount) => ({ amount, atMs: 0 })))
    expect(steps).toBe('M0 100H33.33V50H66.67V0H100')
    expect(stepsOf([])).toBe('M0 50H100')
  })
})

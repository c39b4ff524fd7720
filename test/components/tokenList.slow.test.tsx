import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { TokenList, type TokenListProps } from 'lamplight/components'
import type { LedgerAccount, Localnet } from 'lamplight-localnet'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'
import { namedMint } from '../support/namedMint.js'

/** The first one loads what is loaded on demand. */
const PATIENCE = { timeout: 15_000 }
const list = () => screen.getByTestId('list')
const rows = () => within(list()).queryAllByRole('listitem')
const isLive = () => waitFor(() => expect(list()).toHaveAttribute('data-state', 'live'), PATIENCE)

/** A wallet with that much of each of its tokens; gives their mints in the order of the list. */
function walletOf(net: Localnet, ...amounts: readonly bigint[]) {
  const owner = newAddress()
  const mints = amounts.map(() => net.createMint({ decimals: 2 })).sort()
  for (const [i, amount] of amounts.entries()) net.setTokenBalance({ owner, mint: mints[i] as string, amount })
  return { owner, mints: mints as string[] }
}

async function openList(net: Localnet, props: TokenListProps) {
  const app = renderApp(<TokenList data-testid="list" pollInterval={100} {...props} />, net)
  return app
}

it('shows every token of a wallet under its name, and where there is none under its mint', async () => {
  const net = await localnet()
  const { owner, mints } = walletOf(net, 150n, 1n, 0n)
  const names: Record<string, object> = { [`${mints[0]}`]: { symbol: 'WICK', name: 'Candle wick' } }
  const resolveToken = (mint: string) => names[mint] ?? null
  const app = await openList(net, { owner, resolveToken })
  await isLive()
  await waitFor(() => expect(rows()[0]).toHaveTextContent(/WICK.*Candle wick.*1\.5/))
  expect(rows()[1]).toHaveTextContent(new RegExp(`${mints[1]?.slice(0, 4)}….*0\\.01`))
  expect(rows()).toHaveLength(2)
  app.show(<TokenList data-testid="list" owner={owner} includeZero />)
  await waitFor(() => expect(rows()).toHaveLength(3))
  expect(within(list()).getByRole('list', { name: 'Tokens' })).toBeVisible()
})

it('says of each token what keeps a person from using all of it', async () => {
  const net = await localnet()
  const { owner, mints } = walletOf(net, 100n, 200n)
  const frozen = net.setTokenBalance({ owner, mint: mints[1] as string, amount: 200n })
  const account = net.ledger.head(frozen) as LedgerAccount
  const data = account.data.slice()
  data[108] = 2
  net.ledger.setAccounts([[frozen, { ...account, data }]])
  await openList(net, { owner })
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(2))
  expect(rows().map((row) => row.textContent?.includes('Frozen'))).toEqual([false, true])
})

it('renders the row of the balance that changed, and no other', async () => {
  const net = await localnet()
  const { owner, mints } = walletOf(net, 100n, 200n, 300n)
  const renders: string[] = []
  const draw: TokenListProps['children'] = ({ mint, text }) => {
    renders.push(mint)
    return text
  }
  await openList(net, { owner, children: draw })
  await isLive()
  await waitFor(() => expect(rows().map((row) => row.textContent)).toEqual(['1', '2', '3']))
  renders.length = 0
  net.setTokenBalance({ owner, mint: mints[1] as string, amount: 250n })
  await waitFor(() => expect(rows()[1]).toHaveTextContent('2.5'))
  // StrictMode renders twice.
  expect(renders).toEqual([mints[1], mints[1]])
})

it('is one stop of the Tab key, from which the arrow keys, Home and End go, and tells what was chosen', async () => {
  const net = await localnet()
  const { owner, mints } = walletOf(net, 100n, 200n, 300n)
  const chosen: string[] = []
  await openList(net, { owner, onSelect: ({ mint }) => void chosen.push(mint) })
  await isLive()
  const buttons = within(list()).getAllByRole('button')
  expect(buttons.map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1])
  act(() => buttons[0]?.focus())
  const press = (key: string) => fireEvent.keyDown(document.activeElement as Element, { key })
  for (const [key, index] of [
    ['ArrowDown', 1],
    ['ArrowDown', 2],
    ['ArrowDown', 2],
    ['Home', 0],
    ['ArrowUp', 0],
    ['End', 2],
    ['ArrowUp', 1],
  ] as const) {
    press(key)
    expect(document.activeElement).toBe(buttons[index])
  }
  expect(buttons.map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1])
  act(() => (document.activeElement as HTMLElement).click())
  expect(chosen).toEqual([mints[1]])
  // A token that comes leaves the keyboard where it is.
  const mint = net.createMint()
  net.setTokenBalance({ owner, mint, amount: 1n })
  await waitFor(() => expect(rows()).toHaveLength(4))
  expect(document.activeElement).toBe(buttons[1])
})

it('says that there is nothing, and that there is nobody', async () => {
  const net = await localnet()
  const app = await openList(net, { owner: newAddress() })
  await waitFor(() => expect(list()).toHaveTextContent('There are no tokens here.'))
  app.show(<TokenList data-testid="list" owner={null} />)
  await waitFor(() => expect(list()).toHaveAttribute('data-state', 'idle'))
  expect(list()).toHaveTextContent('No wallet is connected')
  expect(rows()).toEqual([])
})

it('keeps the place of rows while it loads, says why it cannot, and tries again when asked to', async () => {
  const net = await localnet()
  const { owner } = walletOf(net, 100n)
  const stop = net.faults.add({ on: 'http', do: { error: { code: -32603, message: 'Internal error' } } })
  renderApp(<TokenList data-testid="list" owner={owner} pollInterval={false} placeholders={5} />, net, {
    url: false,
  })
  expect(list()).toHaveAttribute('data-state', 'loading')
  expect(list().querySelectorAll('[data-part="row"]')).toHaveLength(5)
  await waitFor(() => expect(list()).toHaveAttribute('data-state', 'error'), PATIENCE)
  expect(list()).toHaveTextContent('The tokens could not be read.')
  stop()
  await act(async () => screen.getByRole('button', { name: 'Retry now' }).click())
  await waitFor(() => expect(rows()).toHaveLength(1))
  expect(list()).not.toHaveTextContent('could not be read')
})

it('names the program of which tokens are missing, and offers to ask again', async () => {
  const net = await localnet()
  const { owner } = walletOf(net, 100n)
  const real = globalThis.fetch
  const without2022: typeof fetch = (input, init) =>
    String(init?.body).includes('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb')
      ? Promise.resolve(new Response('{"jsonrpc":"2.0","id":1,"error":{"code":-32010,"message":"excluded"}}'))
      : real(input, init)
  renderApp(<TokenList data-testid="list" owner={owner} pollInterval={false} />, net, { fetch: without2022 })
  await waitFor(() => expect(list()).toHaveTextContent('Some tokens could not be read (Token-2022)'), {
    timeout: 15_000,
  })
  expect(rows()).toHaveLength(1)
  expect(screen.getByRole('button', { name: 'Retry now' })).toBeVisible()
})

it('shows what a mint calls itself with its address, because anybody may call a mint anything', async () => {
  const net = await localnet()
  const owner = newAddress()
  const fake = namedMint(net, { name: 'USD Coin', symbol: 'USDC' })
  const bad = namedMint(net, { name: '\u202e\u200b', symbol: '1,000' })
  for (const mint of [fake, bad]) net.setTokenBalance({ owner, mint, amount: 500n })
  const app = await openList(net, { owner, mints: [fake, bad] })
  await isLive()
  const row = (mint: string) => rows()[[fake, bad].sort().indexOf(mint)]
  const short = (mint: string) => `${mint.slice(0, 4)}…${mint.slice(-4)}`
  await waitFor(() => expect(row(fake)).toHaveTextContent(new RegExp(`USDC.*USD Coin.*${short(fake)}.*5`)))
  expect(row(bad)).toHaveTextContent(short(bad))
  expect(row(bad)).not.toHaveTextContent('1,000')
  // The app's own word needs no address beside it, and precedes the mint's.
  const resolveToken = (mint: string) => (mint === fake ? { symbol: 'FAKE' } : null)
  app.show(<TokenList data-testid="list" owner={owner} mints={[fake, bad]} resolveToken={resolveToken} />)
  await waitFor(() => expect(row(fake)).toHaveTextContent('FAKE'))
  expect(row(fake)).not.toHaveTextContent('USDC')
  expect(row(fake)).not.toHaveTextContent(short(fake))
})

import { act, screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { SendForm, type SendFormProps } from 'lamplight/components'
import type { Localnet } from 'lamplight-localnet'
import { useContext, useLayoutEffect, useState } from 'react'
import { expect, it, onTestFinished } from 'vitest'
import { OwnerContext } from '../../src/react/balanceContext.js'
import { renderConnected } from '../support/connectedApp.js'
import { localnet, newAddress } from '../support/localnet.js'
import { namedMint } from '../support/namedMint.js'
import { registerTestWallet } from '../support/testWallet.js'
import { uncaught } from '../support/uncaught.js'

const wallet = registerTestWallet({ name: 'Lantern' })
const owner = wallet.accounts[0] as string
const asked = () => wallet.requests.filter(({ feature }) => feature === 'signTransaction').length

const form = () => screen.getByTestId('form')
const inForm = () => within(form())
const field = (name: string | RegExp) => inForm().getByLabelText(name)
const status = () => inForm().getByRole('status')
const is = (state: string) => waitFor(() => expect(form()).toHaveAttribute('data-state', state), { timeout: 15_000 })

async function open(net: Localnet, props: SendFormProps = {}) {
  net.fund(owner, 2_000_000_000n)
  await renderConnected(<SendForm data-testid="form" {...props} />, net, wallet)
}
/** Fills the form and sends it. */
async function fill(to: string, amount: string, submit = true) {
  const user = userEvent.setup()
  await user.clear(field('Recipient'))
  if (to) await user.type(field('Recipient'), to)
  await user.clear(field('Amount'))
  if (amount) await user.type(field('Amount'), amount)
  if (submit) await user.click(inForm().getByRole('button', { name: 'Send' }))
  return user
}
const noteOf = (control: HTMLElement) =>
  document.getElementById(control.getAttribute('aria-describedby') ?? '')?.textContent

it('sends SOL, tells what it costs before it is signed, and cannot send the same again by accident', async () => {
  const net = await localnet()
  const [to, slots] = [newAddress(), [] as number[]]
  await open(net, { mint: null, onConfirmed: ({ slot }) => void slots.push(slot) })
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('1.999995 SOL available'))
  wallet.hold()
  const before = asked()
  const user = await fill(to, '0.5')
  await is('signing')
  expect(status()).toHaveTextContent('Confirm it in your wallet.Network fee: 0.000005 SOL')
  await user.keyboard('{Enter}')
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  wallet.approve()
  await act(async () => wallet.release())
  await is('confirmed')
  expect(asked() - before).toBe(1)
  expect(slots).toHaveLength(1)
  expect(net.ledger.head(to as never)?.lamports).toBe(500_000_000n)
  expect(status()).toHaveTextContent('Confirmed.')
  expect(field('Amount')).toHaveValue('')
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  expect(asked() - before).toBe(1)
  expect(field('Amount')).toHaveFocus()
})

it('starts one transfer by two clicks in one turn', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  await fill(newAddress(), '0.5', false)
  const before = asked()
  const send = inForm().getByRole('button', { name: 'Send' })
  await act(async () => {
    send.click()
    send.click()
  })
  await is('confirmed')
  expect(asked() - before).toBe(1)
})

it('leaves nothing behind with Max, and no more than the fee', async () => {
  const net = await localnet()
  const to = newAddress()
  await open(net, { mint: null })
  await waitFor(() => expect(noteOf(field('Amount'))).toMatch(/available/))
  const user = await fill(to, '', false)
  await user.click(inForm().getByRole('button', { name: 'Max' }))
  expect(field('Amount')).toHaveValue('1.999995')
  await user.keyboard('{Enter}')
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await is('confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(1_999_995_000n)
})

it('keeps with Max what is paid for priority, too', async () => {
  const net = await localnet()
  const to = newAddress()
  await open(net, { mint: null, computeUnitLimit: 10_000, computeUnitPrice: 500_000n })
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('1.99999 SOL available'))
  const user = await fill(to, '', false)
  await user.click(inForm().getByRole('button', { name: 'Max' }))
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await is('confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(1_999_990_000n)
  expect(net.ledger.head(owner as never)?.lamports ?? 0n).toBe(0n)
})

it.each([
  ['the sender', '1.9999'],
  ['the recipient', '0.0001'],
])('tells at the amount that %s would be left with less than an address has to hold', async (_, amount) => {
  const net = await localnet()
  await open(net, { mint: null })
  const before = asked()
  await fill(newAddress(), amount)
  await waitFor(() => expect(field('Amount')).toBeInvalid())
  expect(noteOf(field('Amount'))).toBe('An address would be left with less SOL than it has to hold.')
  expect(asked()).toBe(before)
})

it.each([
  ['Recipient', '', '1', 'Enter the address of a wallet.'],
  ['Recipient', 'nobody', '1', 'This is not an address.'],
  ['Amount', newAddress(), '', 'Enter an amount.'],
  ['Amount', newAddress(), '1,5', 'This is not an amount.'],
  ['Amount', newAddress(), '0.0', 'Enter more than zero.'],
  ['Amount', newAddress(), '0.1234567891', 'Decimals: 9 at most.'],
  ['Amount', newAddress(), '99999999999999', 'That much cannot exist.'],
  ['Amount', newAddress(), '500', 'There is not enough SOL for it and its fee.'],
])('tells at the field %s what is wrong with "%s" and "%s": %s', async (name, to, amount, said) => {
  const net = await localnet()
  await open(net, { mint: null })
  const before = asked()
  const user = await fill(to, amount)
  await waitFor(() => expect(field(name)).toBeInvalid())
  expect(noteOf(field(name))).toBe(said)
  expect(field(name)).toHaveFocus()
  expect(asked()).toBe(before)
  // What is changed is not wrong any more.
  await user.keyboard('1')
  expect(field(name)).not.toBeInvalid()
})

it('takes a mint for no recipient', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  await fill(net.createMint(), '1')
  await waitFor(() => expect(field('Recipient')).toBeInvalid())
  expect(noteOf(field('Recipient'))).toBe('This is not the address of a wallet.')
})

it('says of an address that it is a wallet, or was never used', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  await fill(newAddress(), '', false)
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe('This address has never been used. Check it again.'))
  const used = newAddress()
  net.fund(used, 1_000_000_000n)
  await fill(used, '', false)
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe('This is a wallet. Not among your recent recipients.'))
})

it.each([
  ['Stake11111111111111111111111111111111111111', 'This is not the address of a wallet.'],
  ['11111111111111111111111111111111', 'This is not the address of a wallet.'],
  [owner, 'This is your own address.'],
])('sends nothing to %s: %s', async (to, said) => {
  const net = await localnet()
  await open(net, { mint: null })
  const before = asked()
  await fill(to, '0.5')
  await waitFor(() => expect(field('Recipient')).toBeInvalid())
  expect(noteOf(field('Recipient'))).toBe(said)
  expect(asked()).toBe(before)
})

it('sends to the owner of a token account that was pasted, and says so', async () => {
  const net = await localnet()
  const to = newAddress()
  net.fund(to, 1_000_000_000n)
  const account = net.setTokenBalance({ owner: to, mint: net.createMint(), amount: 0n })
  await open(net, { mint: null })
  const user = await fill(account, '0.5', false)
  await waitFor(() =>
    expect(noteOf(field('Recipient'))).toBe(
      `This is a token account. Its owner ${to} gets what you send. Not among your recent recipients.`,
    ),
  )
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await is('confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(1_500_000_000n)
})

it('sends to what only a program acts for when that was ticked, for this address alone', async () => {
  const net = await localnet()
  const [smart, other] = [newAddress(), newAddress()]
  const owned = { lamports: 10n ** 9n, data: new Uint8Array(200), program: newAddress() as never, executable: false }
  for (const each of [smart, other]) net.ledger.setAccounts([[each as never, owned]])
  await open(net, { mint: null })
  const before = asked()
  const user = await fill(other, '0.5', false)
  await user.click(await inForm().findByRole('checkbox', { name: 'I know what I am doing' }))
  await fill(smart, '0.5', false)
  const consent = await inForm().findByRole('checkbox', { name: 'I know what I am doing' })
  expect(consent).not.toBeChecked()
  expect(form()).toHaveTextContent('Only a program can move what is sent to this address.')
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(consent).toBeInvalid())
  expect(consent).toHaveFocus()
  expect(asked()).toBe(before)
  await user.click(consent)
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await is('confirmed')
  expect(net.ledger.head(smart as never)?.lamports).toBe(1_500_000_000n)
})

it('takes a refusal for an answer: nothing was sent, and nothing is offered again', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  wallet.refuse()
  await fill(newAddress(), '0.5')
  await is('rejected')
  expect(status()).toHaveTextContent('You declined it in your wallet. Nothing was sent.')
  expect(inForm().queryByRole('button', { name: 'Try again' })).toBeNull()
})

it('makes the account that the recipient lacks when that is agreed to, and tells what it costs', async () => {
  const net = await localnet()
  const to = newAddress()
  const mint = net.createMint({ decimals: 2, program: 'token-2022', transferFee: { basisPoints: 100, maximum: 500n } })
  net.setTokenBalance({ owner, mint, amount: 10_000n })
  await open(net, { mint, symbol: 'WICK' })
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('100 WICK availableThis token keeps 1% of what is sent.'))
  const user = await fill(to, '50', false)
  const consent = await inForm().findByRole('checkbox')
  const rent = 2_157_600n
  expect(form()).toHaveTextContent('no account for this token. Making one costs 0.0021576 SOL.')
  await user.click(consent)
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe('There is no account for this token.'))
  await user.click(consent)
  wallet.hold()
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await is('signing')
  expect(status()).toHaveTextContent(
    'Network fee: 0.000005 SOL · Rent: 0.0021576 SOL · Kept by the token: 0.5 WICK · Arrives: 49.5 WICK',
  )
  const before = net.ledger.head(owner as never)?.lamports ?? 0n
  wallet.approve()
  await act(async () => wallet.release())
  await is('confirmed')
  expect(before - (net.ledger.head(owner as never)?.lamports ?? 0n)).toBe(rent + 5000n)
})

it('lets one choose among SOL and the tokens of the wallet', async () => {
  const net = await localnet()
  const to = newAddress()
  const mint = net.createMint({ decimals: 2 })
  net.setTokenBalance({ owner, mint, amount: 150n })
  net.setTokenBalance({ owner: to, mint, amount: 0n })
  const resolveToken = () => ({ symbol: 'WICK' })
  await open(net, { resolveToken })
  const user = userEvent.setup()
  await user.selectOptions(field('Token'), await inForm().findByRole('option', { name: 'WICK' }))
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('1.5 WICK available'))
  await fill(to, '2')
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('That is more than can be spent.'))
  await fill(to, '1.5')
  await is('confirmed')
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('0 WICK available'))
  expect(field('Token')).toHaveDisplayValue('WICK')
})

it('goes on about what it sends when it is told to send something else meanwhile, and takes that when it is done', async () => {
  const net = await localnet()
  const to = newAddress()
  const mint = net.createMint({ decimals: 2 })
  net.setTokenBalance({ owner, mint, amount: 150n })
  net.fund(owner, 2_000_000_000n)
  function App() {
    const [sent, send] = useState<string | null>(null)
    return (
      <>
        <button type="button" onClick={() => send(mint)}>
          Another
        </button>
        <SendForm data-testid="form" mint={sent} symbol="WICK" />
      </>
    )
  }
  await renderConnected(<App />, net, wallet)
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('1.999995 SOL available'))
  wallet.hold()
  const user = await fill(to, '0.5')
  await is('signing')
  await user.click(screen.getByRole('button', { name: 'Another' }))
  expect(form()).toHaveAttribute('data-state', 'signing')
  expect(noteOf(field('Amount'))).toMatch(/SOL available/)
  expect(field('Amount')).toHaveValue('0.5')
  wallet.approve()
  await act(async () => wallet.release())
  await is('confirmed')
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('1.5 WICK available'))
  expect(status()).toHaveTextContent('Confirmed.')
  expect(net.ledger.head(to as never)?.lamports).toBe(500_000_000n)
})

it('forgets an amount when another token is sent', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 2 })
  net.setTokenBalance({ owner, mint, amount: 150n })
  await open(net)
  const user = userEvent.setup()
  await waitFor(() => expect(noteOf(field('Amount'))).toMatch(/SOL available/))
  await user.click(inForm().getByRole('button', { name: 'Max' }))
  expect(field('Amount')).toHaveValue('1.999995')
  await waitFor(() => expect(inForm().getAllByRole('option')).toHaveLength(2))
  await user.selectOptions(field('Token'), mint)
  expect(field('Amount')).toHaveValue('')
})

it('gives the program’s reason where it would fail, and is not sent', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  const failing = { err: { InstructionError: [0, { Custom: 4711 }] }, logs: ['Program log: Error: the moon is full'] }
  const value = { ...failing, accounts: null, unitsConsumed: 0 }
  const raw = JSON.stringify({ jsonrpc: '2.0', result: { context: { slot: 1 }, value } })
  net.faults.add({ on: 'http', method: 'simulateTransaction', do: { raw } })
  await fill(newAddress(), '0.5')
  await is('failed')
  expect(status()).toHaveTextContent('It would fail, and was not sent.')
  expect(status().querySelector('small')).toHaveTextContent('the moon is full')
})

it('offers to make again what expired, and that goes through', async () => {
  const net = await localnet({ automine: false })
  await open(net, { mint: null })
  net.tick(40)
  await waitFor(() => expect(noteOf(field('Amount'))).toMatch(/available/))
  const raw = '{"jsonrpc":"2.0","result":"x"}'
  net.faults.add({ on: 'http', method: 'sendTransaction', do: { raw } })
  await fill(newAddress(), '0.5')
  await is('confirming')
  net.tick(200)
  await is('expired')
  expect(status()).toHaveTextContent('Nothing has moved.')
  net.faults.clear()
  await userEvent.click(inForm().getByRole('button', { name: 'Try again' }))
  await is('confirming')
  net.tick(2)
  await is('confirmed')
})

it('reads amounts as the language writes them', async () => {
  const net = await localnet()
  net.fund(owner, 5_000_000_000n)
  const to = newAddress()
  await renderConnected(<SendForm data-testid="form" mint={null} />, net, wallet, 'de')
  const user = userEvent.setup()
  await user.type(await inForm().findByLabelText('Empfänger'), to)
  await user.type(field('Betrag'), '1,25')
  await user.click(inForm().getByRole('button', { name: 'Senden' }))
  await is('confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(1_250_000_000n)
})

it.each([
  ['en', '12.345', 'You send 12.345 WICK'],
  ['en', '12,345', 'You send 12,345.00 WICK'],
  ['de', '12.345', 'Sie senden 12.345,00 WICK'],
  ['de', '12,345', 'Sie senden 12,345 WICK'],
  ['ar-EG', '0.5', 'ستُرسل \u2068٠٫٥٠ WICK\u2069'],
  ['ar-EG', '٠٫٥', 'ستُرسل \u2068٠٫٥٠ WICK\u2069'],
  ['ja', '０．５', '送る数量: 0.50 WICK'],
  ['en', 'x', ''],
  ['en', '0', ''],
])('repeats beside the button, to a screen reader too, what %s makes of %s', async (locale, typed, said) => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 3 })
  net.fund(owner, 2_000_000_000n)
  net.setTokenBalance({ owner, mint, amount: 100_000_000n })
  await renderConnected(<SendForm data-testid="form" mint={mint} symbol="WICK" />, net, wallet, locale)
  await waitFor(() => expect(form()).toHaveTextContent(/100[.,٬]000|١٠٠٬٠٠٠/))
  const [, amount] = inForm().getAllByRole('textbox')
  await userEvent.type(amount as HTMLElement, typed)
  const button = form().querySelector('[type="submit"]') as HTMLElement
  await waitFor(() => expect(noteOf(button)).toBe(said))
})

it('shows of the wallet that was switched away from nothing in any frame: neither amount nor recipient nor fault', async () => {
  const net = await localnet()
  const second = wallet.accounts[1] as string
  net.fund(owner, 2_000_000_000n)
  net.fund(second, 1_000_000_000n)
  const frames: string[] = []
  /** Looks at the form after each commit of the wallet's change. */
  function Witness() {
    const connected = useContext(OwnerContext)
    useLayoutEffect(() => {
      if (connected !== second) return
      const values = [...document.querySelectorAll<HTMLInputElement>('[data-testid="form"] input')].map(
        ({ value }) => value,
      )
      const sum = document.querySelector('[data-part="sum"]')?.textContent
      frames.push([...values, sum, document.querySelectorAll('[aria-invalid]').length].join('|'))
    })
    return null
  }
  const ui = (
    <>
      <SendForm data-testid="form" mint={null} />
      <Witness />
    </>
  )
  await renderConnected(ui, net, wallet)
  await waitFor(() => expect(noteOf(field('Amount'))).toMatch(/available/))
  const user = await fill('nobody', '', false)
  await user.click(inForm().getByRole('button', { name: 'Max' }))
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(field('Recipient')).toBeInvalid())
  expect(form().querySelector('[data-part="sum"]')).toHaveTextContent('You send 1.999995 SOL')
  act(() => wallet.changeAccount(1))
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('0.999995 SOL available'))
  expect(frames.length).toBeGreaterThan(0)
  expect(new Set(frames)).toEqual(new Set(['|||0']))
  expect(field('Recipient')).toHaveValue('')
  // What is typed for the new one is its own.
  await fill(newAddress(), '0.25', false)
  expect(field('Amount')).toHaveValue('0.25')
  act(() => wallet.changeAccount(0))
  await waitFor(() => expect(field('Amount')).toHaveValue(''))
})

it('leaves a wallet that never answers: nothing is sent then, whatever it signs later', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  const to = newAddress()
  wallet.hold()
  const user = await fill(to, '0.5')
  await is('signing')
  await user.click(inForm().getByRole('button', { name: 'Cancel' }))
  await is('cancelled')
  expect(status()).toHaveTextContent('Cancelled. Nothing was sent.')
  expect(inForm().getByRole('button', { name: 'Send' })).toHaveFocus()
  expect(inForm().queryByRole('button', { name: 'Cancel' })).toBeNull()
  expect(field('Amount')).toHaveValue('0.5')
  net.resetStats()
  wallet.approve()
  await act(async () => wallet.release())
  await act(async () => new Promise((done) => setTimeout(done, 100)))
  expect(net.stats().requests.sendTransaction).toBe(undefined)
  expect(form()).toHaveAttribute('data-state', 'cancelled')
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await is('confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(500_000_000n)
})

it('is not confirmed less for a listener that throws', async () => {
  const reported = uncaught()
  const net = await localnet()
  const error = new Error('the app’s')
  await open(net, {
    mint: null,
    onConfirmed() {
      throw error
    },
  })
  await fill(newAddress(), '0.5')
  await is('confirmed')
  expect(field('Amount')).toHaveValue('')
  await waitFor(() => expect(reported).toEqual([error]))
})

it('shows of the cluster that was switched away from neither amount nor recipient nor fault', async () => {
  const [net, other] = [await localnet(), await localnet()]
  net.fund(owner, 2_000_000_000n)
  other.fund(owner, 1_000_000_000n)
  const app = await renderConnected(<SendForm data-testid="form" mint={null} />, net, wallet)
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('1.999995 SOL available'))
  const user = await fill('nobody', '', false)
  await user.click(inForm().getByRole('button', { name: 'Max' }))
  await user.click(inForm().getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(field('Recipient')).toBeInvalid())
  app.switchTo(other)
  expect(field('Recipient')).toHaveValue('')
  expect(field('Recipient')).not.toBeInvalid()
  expect(field('Amount')).toHaveValue('')
  await waitFor(() => expect(noteOf(field('Amount'))).toBe('0.999995 SOL available'))
})

it('puts the address beside a name that only the mint claims, among its choices and beside amounts', async () => {
  const net = await localnet()
  const mint = namedMint(net, { name: 'USD Coin', symbol: 'USDC' })
  net.setTokenBalance({ owner, mint, amount: 500n })
  await open(net)
  const name = `USDC (${mint.slice(0, 4)}…${mint.slice(-4)})`
  await waitFor(() =>
    expect(
      inForm()
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['SOL', name]),
  )
  await userEvent.selectOptions(field('Token'), mint)
  await waitFor(() => expect(noteOf(field('Amount'))).toBe(`5 ${name} available`))
})

const PREFIX = 'lamplight/recipients/'
const records = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
const recordOf = (wallet = owner): unknown =>
  JSON.parse(localStorage.getItem(records().find((key) => key.endsWith(wallet)) ?? '') ?? 'null')
/** Another address with the same ends. */
const similarTo = (address: string) => `${address.slice(0, 20)}${address[20] === 'x' ? 'y' : 'x'}${address.slice(21)}`
const NOON_MS = Date.UTC(2026, 10, 3, 12)

/** A form that has sent once; gives the recipient. */
async function openUsed(net: Localnet, props: SendFormProps = {}) {
  const to = newAddress()
  await open(net, { mint: null, ...props })
  await fill(to, '0.5')
  await is('confirmed')
  return to
}

it('keeps where it sent to, by address and time alone, and says when that was', async () => {
  const net = await localnet()
  const beforeMs = Date.now()
  const to = await openUsed(net)
  expect(recordOf()).toEqual([[to, expect.any(Number)]])
  const [[, sentAtMs]] = recordOf() as [[string, number]]
  expect(sentAtMs).toBeGreaterThanOrEqual(beforeMs)
  expect(sentAtMs).toBeLessThanOrEqual(Date.now())
  await waitFor(() =>
    expect(noteOf(field('Recipient'))).toMatch(/^This is a wallet\. Last sent to on \w+ \d+, \d{4}\.$/),
  )
  // What another tab wrote counts from the next text on.
  localStorage.setItem(records()[0] as string, JSON.stringify([[to, NOON_MS]]))
  await fill(to, '', false)
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe('This is a wallet. Last sent to on Nov 3, 2026.'))
  act(() => wallet.changeAccount(1))
  await fill(to, '', false)
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe('This is a wallet. Not among your recent recipients.'))
  act(() => wallet.changeAccount(0))
})

it('warns at once, and aloud, of an address that begins and ends like a recent recipient', async () => {
  const net = await localnet()
  const to = await openUsed(net)
  const similar = similarTo(to)
  const warning = `Careful: this is not ${to}, which you have sent to. Only its first and last characters are the same.`
  net.faults.add({ on: 'http', do: { hang: true } })
  await fill(similar, '', false)
  expect(inForm().getByRole('alert')).toHaveTextContent(warning)
  expect(field('Recipient')).toHaveAccessibleDescription(warning)
  await fill(newAddress(), '', false)
  expect(inForm().queryByRole('alert')).toBeNull()
  await fill(to, '', false)
  expect(inForm().queryByRole('alert')).toBeNull()
})

it('warns of a token account whose owner only looks like a recent recipient', async () => {
  const net = await localnet()
  const to = await openUsed(net)
  const account = net.setTokenBalance({ owner: similarTo(to), mint: net.createMint(), amount: 0n })
  await fill(account, '', false)
  expect(await inForm().findByRole('alert')).toHaveTextContent(`this is not ${to}`)
})

it('keeps the last twenty, and each of them once', async () => {
  const net = await localnet()
  const to = await openUsed(net)
  const others = Array.from({ length: 19 }, () => [newAddress(), NOON_MS])
  const [oldest] = others.slice(-1)
  localStorage.setItem(records()[0] as string, JSON.stringify([...others, [to, NOON_MS]]))
  await fill(to, '0.25')
  await waitFor(() => expect(recordOf()).toEqual([[to, expect.any(Number)], ...others]))
  await waitFor(() => expect(form()).toHaveAttribute('data-state', 'confirmed'))
  const next = newAddress()
  await fill(next, '0.25')
  await waitFor(() => expect((recordOf() as [[string]])[0][0]).toBe(next))
  expect(recordOf()).toHaveLength(20)
  expect(recordOf()).not.toContainEqual(oldest)
})

it('keeps what arrived after the form was gone', async () => {
  const net = await localnet()
  const to = newAddress()
  net.fund(owner, 2_000_000_000n)
  function App() {
    const [isOpen, open] = useState(true)
    return (
      <>
        <button type="button" onClick={() => open(false)}>
          Away
        </button>
        {isOpen && <SendForm data-testid="form" mint={null} />}
      </>
    )
  }
  await renderConnected(<App />, net, wallet)
  await waitFor(() => expect(noteOf(field('Amount'))).toMatch(/available/))
  wallet.hold()
  const user = await fill(to, '0.5')
  await is('signing')
  await user.click(screen.getByRole('button', { name: 'Away' }))
  expect(records()).toEqual([])
  wallet.approve()
  await act(async () => wallet.release())
  await waitFor(() => expect(recordOf()).toEqual([[to, expect.any(Number)]]), { timeout: 15_000 })
})

it('keeps nothing of what was not confirmed', async () => {
  const net = await localnet()
  await open(net, { mint: null })
  wallet.refuse()
  await fill(newAddress(), '0.5')
  await is('rejected')
  expect(records()).toEqual([])
})

it('keeps nothing and says nothing of the past when it is told not to', async () => {
  const net = await localnet()
  const to = await openUsed(net, { rememberRecipients: false })
  expect(records()).toEqual([])
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe('This is a wallet.'))
  await fill(similarTo(to), '', false)
  expect(inForm().queryByRole('alert')).toBeNull()
})

/** Puts another storage in the page's, for the records of recipients alone. */
function storeIn(ours: Partial<Storage> | undefined) {
  const real = globalThis.localStorage
  const over = (name: 'getItem' | 'setItem') => (key: string, value: string) =>
    (key.startsWith(PREFIX) && ours?.[name] ? ours[name] : real[name].bind(real))(key, value)
  const changed = ours && { getItem: over('getItem'), setItem: over('setItem'), removeItem: real.removeItem.bind(real) }
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => changed })
  onTestFinished(() => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: real })
  })
}
const broken = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError')
}
const holding = (text: string) => ({ getItem: () => text, setItem: () => {} })

it.each([
  ['that is missing', undefined, ''],
  ['that throws', { getItem: broken, setItem: broken }, ''],
  ['without room', { setItem: broken }, ' Not among your recent recipients.'],
  ['with a record that is no JSON', holding('{"'), ''],
  ['with a record that is no list', holding('{"length":3}'), ' Not among your recent recipients.'],
  [
    'with entries that are none',
    holding(
      JSON.stringify([null, 7, [], ['nobody', 1], [owner], [owner, 'x'], [owner, -1], [owner, 9e15], [[owner], 1]]),
    ),
    ' Not among your recent recipients.',
  ],
])('sends, and makes nothing up, in a browser with a storage %s', async (_, storage, said) => {
  const net = await localnet()
  await open(net, { mint: null })
  storeIn(storage as Partial<Storage> | undefined)
  const to = newAddress()
  await fill(to, '0.5')
  await is('confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(500_000_000n)
  await waitFor(() => expect(noteOf(field('Recipient'))).toBe(`This is a wallet.${said}`))
})

import { act, screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { BurnForm, CreateAccountNotice } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderConnected } from '../support/connectedApp.js'
import { localnet } from '../support/localnet.js'
import { registerTestWallet } from '../support/testWallet.js'

const wallet = registerTestWallet({ name: 'Lantern' })
const owner = wallet.accounts[0] as string

const form = () => screen.getByTestId('form')
const inForm = () => within(form())
const button = (name: string) => screen.getByRole('button', { name })

it('burns what was agreed to, with a note, and has the next agreed to anew', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 2 })
  net.fund(owner, 1_000_000_000n)
  net.setTokenBalance({ owner, mint, amount: 1000n })
  await renderConnected(<BurnForm data-testid="form" mint={mint} symbol="WICK" />, net, wallet)
  const user = userEvent.setup()
  await waitFor(() => expect(form()).toHaveTextContent('10 WICK available'))
  expect(form()).toHaveTextContent('What is burned is gone for good.')
  await user.type(inForm().getByLabelText('Amount'), '2.5')
  await user.type(inForm().getByLabelText('Note'), 'for the moths')
  await user.click(button('Burn'))
  const consent = inForm().getByRole('checkbox')
  expect(consent).toBeInvalid()
  expect(consent).toHaveFocus()
  expect(form()).toHaveTextContent('Tick this first.')
  expect(wallet.requests.filter(({ feature }) => feature === 'signTransaction')).toEqual([])
  await user.keyboard(' ')
  await user.click(button('Burn'))
  await waitFor(() => expect(form()).toHaveAttribute('data-state', 'confirmed'))
  await waitFor(() => expect(form()).toHaveTextContent('7.5 WICK available'))
  expect(consent).not.toBeChecked()
  expect(inForm().getByLabelText('Note')).toHaveValue('')
})

it('refuses to burn more than there is, at the amount', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 2 })
  net.fund(owner, 1_000_000_000n)
  net.setTokenBalance({ owner, mint, amount: 100n })
  await renderConnected(<BurnForm data-testid="form" mint={mint} hasNote={false} />, net, wallet)
  const user = userEvent.setup()
  await waitFor(() => expect(form()).toHaveTextContent('1 '))
  expect(inForm().queryByLabelText('Note')).toBeNull()
  await user.type(inForm().getByLabelText('Amount'), '1.01')
  await user.click(inForm().getByRole('checkbox'))
  await user.click(button('Burn'))
  await waitFor(() => expect(inForm().getByLabelText('Amount')).toBeInvalid())
  expect(form()).toHaveTextContent('That is more than can be spent.')
  expect(form()).toHaveAttribute('data-state', 'failed')
})

it.each([
  ['token', '0.00203928'],
  ['token-2022', '0.00207408'],
] as const)(
  'says that an account of the program %s is missing, makes it for %s SOL, and is gone',
  async (program, cost) => {
    const net = await localnet()
    const mint = net.createMint({ decimals: 2, program })
    net.fund(owner, 1_000_000_000n)
    await renderConnected(<CreateAccountNotice data-testid="form" mint={mint} symbol="WICK" />, net, wallet)
    await screen.findByText('This wallet has no account for WICK yet.')
    await waitFor(() => expect(form()).toHaveTextContent(`Making one costs ${cost} SOL. Closing it gives that back.`))
    const user = userEvent.setup()
    await user.click(button('Make the account'))
    await waitFor(() => expect(form()).toHaveAttribute('data-state', 'confirmed'))
    expect(Number(net.ledger.head(owner as never)?.lamports) / 1e9).toBeCloseTo(1 - Number(cost) - 0.000005, 12)
    // Its last word stays until the focus goes on; then there is nothing more to say.
    expect(within(form()).getByRole('status')).toHaveTextContent('Confirmed.')
    await user.tab()
    await waitFor(() => expect(screen.queryByTestId('form')).toBeNull())
  },
)

it('says nothing of an account that is there, and nothing to nobody', async () => {
  const net = await localnet()
  const [mint, other] = [net.createMint(), net.createMint()]
  net.setTokenBalance({ owner, mint, amount: 0n })
  await renderConnected(
    <>
      <CreateAccountNotice data-testid="there" mint={mint} />
      <CreateAccountNotice data-testid="missing" mint={other} />
    </>,
    net,
    wallet,
  )
  await screen.findByTestId('missing')
  expect(screen.queryByTestId('there')).toBeNull()
  wallet.disconnect()
  await waitFor(() => expect(screen.queryByTestId('missing')).toBeNull())
})

it('has the next wallet agree for itself, and keeps nothing of what the last one typed', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 2 })
  const second = wallet.accounts[1] as string
  for (const each of [owner, second]) {
    net.fund(each, 1_000_000_000n)
    net.setTokenBalance({ owner: each, mint, amount: each === owner ? 1000n : 500n })
  }
  await renderConnected(<BurnForm data-testid="form" mint={mint} symbol="WICK" />, net, wallet)
  await waitFor(() => expect(form()).toHaveTextContent('10 WICK available'))
  const user = userEvent.setup()
  await user.click(button('Max'))
  await user.type(inForm().getByLabelText('Note'), 'mine')
  await user.click(inForm().getByRole('checkbox'))
  expect(form()).toHaveTextContent('You burn 10.00 WICK')
  act(() => wallet.changeAccount(1))
  await waitFor(() => expect(form()).toHaveTextContent('5 WICK available'))
  expect(inForm().getByRole('checkbox')).not.toBeChecked()
  expect(inForm().getByLabelText('Amount')).toHaveValue('')
  expect(inForm().getByLabelText('Note')).toHaveValue('')
  act(() => wallet.changeAccount(0))
})

it('takes a note by its bytes: 400 emoji are told at the field, and the wallet is not asked', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 2 })
  net.fund(owner, 1_000_000_000n)
  net.setTokenBalance({ owner, mint, amount: 1000n })
  await renderConnected(<BurnForm data-testid="form" mint={mint} symbol="WICK" />, net, wallet)
  const user = userEvent.setup()
  await waitFor(() => expect(form()).toHaveTextContent('10 WICK available'))
  const note = inForm().getByLabelText('Note')
  await user.type(inForm().getByLabelText('Amount'), '1')
  await user.click(inForm().getByRole('checkbox'))
  await user.click(note)
  await user.paste('🔥'.repeat(400))
  expect(note).toBeInvalid()
  expect(form()).toHaveTextContent('Too long: 1,600 of at most 512 bytes.')
  const before = wallet.requests.length
  await user.click(button('Burn'))
  expect(note).toHaveFocus()
  expect(form()).toHaveAttribute('data-state', 'idle')
  await user.clear(note)
  await user.paste('🔥'.repeat(128))
  expect(note).not.toBeInvalid()
  expect(wallet.requests).toHaveLength(before)
  await user.click(button('Burn'))
  await waitFor(() => expect(form()).toHaveAttribute('data-state', 'confirmed'))
})

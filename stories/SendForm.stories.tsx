import type { Meta, StoryObj } from '@storybook/react-vite'
import { SendForm } from 'lamplight/components'
import { expect, within } from 'storybook/test'
import { connected, Funded } from './support/funded.js'
import { fund, newAddress, newProgramAddress, setTokenBalance } from './support/ledger.js'
import {
  type Act,
  act,
  byHand,
  eventually,
  fill,
  narrow,
  press,
  type Scene,
  shows,
  spoken,
  tokens,
  wide,
} from './support/scene.js'

const resolveToken = () => ({ symbol: 'WICK', name: 'Candle wick' })

const meta = {
  title: 'Components/SendForm',
  component: SendForm,
  args: { resolveToken },
  loaders: [tokens({ decimals: 2 })],
  parameters: connected(),
  render: (args, { loaded }) => (
    <Funded lamports={2_000_000_000n} amount={15_000n} mint={(loaded as Scene).mint}>
      <SendForm {...args} />
    </Funded>
  ),
} satisfies Meta<typeof SendForm>
export default meta
type Story = StoryObj<typeof meta>

const said = (canvasElement: HTMLElement) =>
  canvasElement.querySelector<HTMLElement>('[data-part="outcome"]')?.textContent
const tells = (canvasElement: HTMLElement, text: RegExp) => eventually(() => expect(said(canvasElement)).toMatch(text))

type Page = Pick<Act, 'canvasElement' | 'canvas'>

/** Fills the form and presses its button. */
async function send({ canvasElement, canvas }: Page, amount: string, to = newAddress()) {
  await shows(canvasElement, 'idle', /available/)
  await fill(canvas.getByLabelText('Recipient'), to)
  await fill(canvas.getByLabelText('Amount'), amount)
  await press(canvas.getByRole('button', { name: 'Send' }))
}

/** Chooses the scene's token. */
async function chooseWick({ canvasElement, canvas }: Page) {
  await shows(canvasElement, 'idle', /available/)
  const option = await eventually(() => canvas.getByRole<HTMLOptionElement>('option', { name: 'WICK' }))
  await fill(canvas.getByLabelText('Token'), option.value)
  await shows(canvasElement, 'idle', /150 WICK available/)
}

/** What there is to send: SOL, and the tokens of the wallet. */
export const Choose: Story = {
  play: act(async (page) => {
    await shows(page.canvasElement, 'idle', /1\.999995 SOL available/)
    await chooseWick(page)
  }),
}

/** From the first field to the confirmation with the keyboard alone; what was left out has the focus. */
export const Keyboard: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /available/)
    await userEvent.tab()
    await expect(canvas.getByLabelText('Token')).toHaveFocus()
    await userEvent.tab()
    await userEvent.keyboard('{Enter}')
    await eventually(() => expect(canvas.getByLabelText('Recipient')).toHaveAccessibleDescription(/Enter the address/))
    await expect(canvas.getByLabelText('Recipient')).toHaveFocus()
    await userEvent.keyboard(newAddress())
    await userEvent.tab()
    await userEvent.keyboard('0.25')
    await userEvent.tab()
    await expect(canvas.getByRole('button', { name: 'Max' })).toHaveFocus()
    await userEvent.tab()
    await userEvent.keyboard('{Enter}')
    await shows(canvasElement, 'confirmed', /Confirmed/)
    await expect(canvas.getByLabelText('Amount')).toHaveValue('')
    await expect(canvas.getByRole('button', { name: 'Send' })).toHaveFocus()
  }),
}

/** What is wrong is told at its field; nothing moves. */
export const Faults: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas }) => {
    const form = await shows(canvasElement, 'idle', /available/)
    const { height } = form.getBoundingClientRect()
    await send({ canvasElement, canvas }, '', 'nobody')
    await expect(canvas.getByLabelText('Recipient')).toHaveAccessibleDescription('This is not an address.')
    await expect(canvas.getByLabelText('Amount')).toHaveAccessibleDescription('Enter an amount.')
    await expect(form.getBoundingClientRect().height).toBe(height)
  }),
}

/** The wallet asks, and meanwhile it is told what it costs. */
export const Signing: Story = {
  args: { mint: null },
  parameters: connected('hang'),
  play: act(async ({ canvasElement, canvas }) => {
    const form = await shows(canvasElement, 'idle', /available/)
    const { height } = form.getBoundingClientRect()
    await send({ canvasElement, canvas }, '1.5')
    await shows(canvasElement, 'signing', /Confirm it in your wallet\.Network fee: 0\.000005 SOL/)
    await expect(form.getBoundingClientRect().height).toBe(height)
    await expect(canvas.getByRole('button', { name: 'Send' })).toHaveAttribute('aria-disabled', 'true')
  }),
}

/** Its person said no: an answer, not an error. */
export const Rejected: Story = {
  args: { mint: null },
  parameters: connected('reject'),
  play: act(async (page) => {
    await send(page, '1.5')
    await shows(page.canvasElement, 'rejected', /You declined it in your wallet/)
  }),
}

/** A node has it, and the chain not yet. */
export const Confirming: Story = {
  args: { mint: null },
  play: act(async (page) => {
    await shows(page.canvasElement, 'idle', /available/)
    page.line.fail({ transactions: 'dropped' })
    await send(page, '1.5')
    await shows(page.canvasElement, 'confirming', /Waiting for the chain to confirm it/)
  }),
}

/** It is on the chain; the amount is empty, so that it is not sent again by accident. */
export const Confirmed: Story = {
  args: { mint: null },
  play: act(async (page) => {
    await send(page, '0.5')
    await shows(page.canvasElement, 'confirmed', /1\.49999 SOL available.*Confirmed/)
    await expect(page.canvas.getByLabelText('Amount')).toHaveValue('')
  }),
}

/** A node has tried it, and a program says no: it is not sent, and the program's own reason is told. */
export const Failed: Story = {
  args: { mint: null },
  play: act(async (page) => {
    await shows(page.canvasElement, 'idle', /available/)
    page.line.fail({ transactions: 'failing' })
    await send(page, '0.5')
    await shows(page.canvasElement, 'failed', /It would fail, and was not sent\.the moon is full/)
  }),
}

/** No block took it in time, and none will: the same can be tried again. */
export const Expired: Story = {
  args: { mint: null },
  play: act(async (page) => {
    await shows(page.canvasElement, 'idle', /available/)
    page.line.fail({ transactions: 'expired' })
    await send(page, '0.5')
    await shows(page.canvasElement, 'expired', /will not any more\. Nothing has moved/)
    await expect(page.canvas.getByRole('button', { name: 'Try again' })).toBeVisible()
  }),
}

/** The recipient has no account for the token: what making one costs is told, and asked. */
export const MissingAccount: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await chooseWick({ canvasElement, canvas })
    await fill(canvas.getByLabelText('Recipient'), newAddress())
    await shows(canvasElement, 'idle', /Making one costs 0\.00203928 SOL/)
    await expect(canvas.getByRole('checkbox', { name: 'Make it, at my cost' })).toBeChecked()
  }),
}

/** Who gets it, as far as the chain knows. */
const recipientIs = (canvas: Page['canvas'], note: RegExp) =>
  eventually(() => expect(canvas.getByLabelText('Recipient')).toHaveAccessibleDescription(note))

/** A wallet that is in use, and that was not sent to yet; the amount is repeated as it was understood. */
export const ToWallet: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /available/)
    const to = newAddress()
    await fund(to, 1_000_000_000n)
    await fill(canvas.getByLabelText('Recipient'), to)
    await fill(canvas.getByLabelText('Amount'), '1.5')
    await recipientIs(canvas, /This is a wallet\. Not among your recent recipients\./)
    await shows(canvasElement, 'idle', /You send 1\.50 SOL/)
  }),
}

/** Nothing ever happened at this address: a new wallet, or a mistake. */
export const ToUnused: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /available/)
    await fill(canvas.getByLabelText('Recipient'), newAddress())
    await recipientIs(canvas, /has never been used\. Check it again/)
  }),
}

/** A token account was pasted: its owner gets what is sent. */
export const ToTokenAccount: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas, mint }) => {
    await shows(canvasElement, 'idle', /available/)
    const to = newAddress()
    await fund(to, 1_000_000_000n)
    await fill(canvas.getByLabelText('Recipient'), await setTokenBalance(to, mint, 0n))
    await recipientIs(canvas, new RegExp(`Its owner ${to} gets what you send`))
  }),
}

/** Only a program acts for this address: it has to be said that it is meant. */
export const ToProgram: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /available/)
    await send({ canvasElement, canvas }, '1', newProgramAddress())
    const consent = await eventually(() => canvas.getByRole('checkbox', { name: 'I know what I am doing' }))
    // A first press that came before the recipient was known is refused by the action itself.
    await eventually(() => expect(canvasElement.querySelector('form')).not.toHaveAttribute('aria-busy'))
    await press(canvas.getByRole('button', { name: 'Send' }))
    await eventually(() => expect(consent).toHaveAccessibleDescription(/Only a program can move.*Tick this first/))
  }),
}

/** Sends half a SOL to a wallet that is in use, and gives its address. */
async function sendOnce(page: Page): Promise<string> {
  const to = newAddress()
  await fund(to, 1_000_000_000n)
  await send(page, '0.5', to)
  await shows(page.canvasElement, 'confirmed')
  return to
}

/** It was sent to before. */
export const ToRecent: Story = {
  args: { mint: null },
  play: act(async (page) => {
    await sendOnce(page)
    await recipientIs(page.canvas, /This is a wallet\. Last sent to on/)
  }),
}

/** Another address that begins and ends like one that was sent to: somebody may have made it to be mistaken for that. */
export const ToLookalike: Story = {
  args: { mint: null },
  play: act(async (page) => {
    const to = await sendOnce(page)
    const similar = `${to.slice(0, 20)}${to[20] === 'x' ? 'y' : 'x'}${to.slice(21)}`
    await fill(page.canvas.getByLabelText('Recipient'), similar)
    await eventually(() => expect(page.canvas.getByRole('alert')).toHaveTextContent(`Careful: this is not ${to}`))
  }),
}
/** The same in 320 px. */
export const ToLookalikeNarrow: Story = { ...ToLookalike, decorators: [narrow] }

/** More than there is. */
export const TooMuch: Story = {
  args: { mint: null },
  play: act(async (page) => {
    await send(page, '2000')
    await eventually(() => expect(page.canvas.getByLabelText('Amount')).toHaveAccessibleDescription(/not enough SOL/))
  }),
}

/** The node cannot be reached: nothing was sent, and the same button sends it later. */
export const Unreachable: Story = {
  args: { mint: null },
  play: act(async (page) => {
    const { canvasElement, line } = page
    await shows(canvasElement, 'idle', /available/)
    line.fail({ http: 'refused' })
    await send(page, '1')
    await tells(canvasElement, /cannot be reached/)
  }),
}

/** It can be reached again. */
export const UnreachableThenSent: Story = {
  args: { mint: null },
  play: act(async (page) => {
    const { canvasElement, canvas, line } = page
    await shows(canvasElement, 'idle', /available/)
    line.fail({ http: 'refused' })
    await send(page, '1')
    await tells(canvasElement, /cannot be reached/)
    line.mend()
    await press(canvas.getByRole('button', { name: 'Send' }))
    await shows(canvasElement, 'confirmed')
  }),
}

/** Nobody is connected. */
export const Nobody: Story = {
  args: { mint: null },
  parameters: { wallets: () => [], isConnected: false },
  render: (args) => <SendForm {...args} />,
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /No wallet is connected/)
    await expect(canvas.getByRole('button', { name: 'Send' })).toHaveAttribute('aria-disabled', 'true')
  }),
}

/** As wide as a small phone, and half of that. */
export const Narrow: Story = {
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /available/)
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth)
  }),
}
export const Narrowest: Story = {
  decorators: [wide(160)],
  play: act(async ({ canvasElement }) => {
    const form = await shows(canvasElement, 'idle', /available/)
    await expect(form.scrollWidth).toBeLessThanOrEqual(form.clientWidth)
  }),
}

/** In Arabic. */
export const RightToLeft: Story = {
  args: { mint: null },
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement }) => {
    const form = within(await shows(canvasElement, 'idle', /المتاح/))
    const [field, max] = [form.getByLabelText('المبلغ'), form.getByRole('button', { name: 'الكل' })]
    await expect(field.getBoundingClientRect().left).toBeGreaterThan(max.getBoundingClientRect().left)
  }),
}

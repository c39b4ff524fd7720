import type { Meta, StoryObj } from '@storybook/react-vite'
import { SendForm } from 'lamplight/components'
import { expect, within } from 'storybook/test'
import { connected, Funded } from './support/funded.js'
import { newAddress } from './support/ledger.js'
import { act, eventually, narrow, type Scene, shows, spoken, tokens, wide } from './support/scene.js'

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

/** What there is to send: SOL, and the tokens of the wallet. */
export const Choose: Story = {
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /1\.999995 SOL available/)
    const option = await canvas.findByRole('option', { name: 'WICK' })
    await userEvent.selectOptions(canvas.getByLabelText('Token'), option)
    await shows(canvasElement, 'idle', /150 WICK available/)
  }),
}

/** From the first field to the confirmation with the keyboard alone. */
export const Keyboard: Story = {
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /available/)
    await userEvent.tab()
    await expect(canvas.getByLabelText('Token')).toHaveFocus()
    await userEvent.tab()
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

/** What is wrong is told at its field, and the first one has the focus; nothing moves. */
export const Faults: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    const form = await shows(canvasElement, 'idle', /available/)
    const { height } = form.getBoundingClientRect()
    await userEvent.type(canvas.getByLabelText('Recipient'), 'nobody')
    await userEvent.click(canvas.getByRole('button', { name: 'Send' }))
    await expect(canvas.getByLabelText('Recipient')).toHaveFocus()
    await expect(canvas.getByLabelText('Recipient')).toHaveAccessibleDescription('This is not an address.')
    await expect(canvas.getByLabelText('Amount')).toHaveAccessibleDescription('Enter an amount.')
    await expect(form.getBoundingClientRect().height).toBe(height)
  }),
}

/** The wallet asks, and meanwhile it is told what it costs. */
export const Signing: Story = {
  args: { mint: null },
  parameters: connected('hang'),
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    const form = await shows(canvasElement, 'idle', /available/)
    const { height } = form.getBoundingClientRect()
    await userEvent.type(canvas.getByLabelText('Recipient'), newAddress())
    await userEvent.type(canvas.getByLabelText('Amount'), '1.5{Enter}')
    await shows(canvasElement, 'signing', /Confirm it in your wallet\.Network fee: 0\.000005 SOL/)
    await expect(form.getBoundingClientRect().height).toBe(height)
    await expect(canvas.getByRole('button', { name: 'Send' })).toHaveAttribute('aria-disabled', 'true')
  }),
}

/** Its person said no: an answer, not an error. */
export const Rejected: Story = {
  args: { mint: null },
  parameters: connected('reject'),
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /available/)
    await userEvent.type(canvas.getByLabelText('Recipient'), newAddress())
    await userEvent.type(canvas.getByLabelText('Amount'), '1.5{Enter}')
    await shows(canvasElement, 'rejected', /You declined it in your wallet/)
  }),
}

/** The recipient has no account for the token: what making one costs is told, and asked. */
export const MissingAccount: Story = {
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /available/)
    await userEvent.selectOptions(canvas.getByLabelText('Token'), await canvas.findByRole('option', { name: 'WICK' }))
    await userEvent.type(canvas.getByLabelText('Recipient'), newAddress())
    await expect(await canvas.findByRole('checkbox', { name: 'Make it, at my cost' })).toBeChecked()
    await shows(canvasElement, 'idle', /Making one costs 0\.00203928 SOL/)
    await userEvent.type(canvas.getByLabelText('Amount'), '1.5{Enter}')
    await shows(canvasElement, 'confirmed', /148\.5 WICK available/)
  }),
}

/** More than there is. */
export const TooMuch: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /available/)
    await userEvent.type(canvas.getByLabelText('Recipient'), newAddress())
    await userEvent.type(canvas.getByLabelText('Amount'), '2000{Enter}')
    await eventually(() => expect(canvas.getByLabelText('Amount')).toHaveAccessibleDescription(/not enough SOL/))
  }),
}

/** The node cannot be reached: nothing was sent, and the same button sends it later. */
export const Unreachable: Story = {
  args: { mint: null },
  play: act(async ({ canvasElement, canvas, line, userEvent }) => {
    await shows(canvasElement, 'idle', /available/)
    await userEvent.type(canvas.getByLabelText('Recipient'), newAddress())
    line.fail({ http: 'refused' })
    await userEvent.type(canvas.getByLabelText('Amount'), '1{Enter}')
    await tells(canvasElement, /cannot be reached/)
    line.mend()
    await userEvent.click(canvas.getByRole('button', { name: 'Send' }))
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

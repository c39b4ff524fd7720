import type { Meta, StoryObj } from '@storybook/react-vite'
import { WalletButton } from 'lamplight/components'
import { expect, within } from 'storybook/test'
import { act, byHand, eventually, shows, spoken } from './support/scene.js'
import { createWallet } from './support/wallets.js'

const meta = {
  title: 'Components/WalletButton',
  component: WalletButton,
  parameters: { wallets: () => [createWallet('Lantern')] },
} satisfies Meta<typeof WalletButton>
export default meta
type Story = StoryObj<typeof meta>

/** Before: one press away from the list of wallets. */
export const NotConnected: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'none', 'Connect wallet')
    await expect(canvas.getByRole('button')).toHaveAttribute('aria-haspopup', 'dialog')
  }),
}

/** The wallet asks its owner. */
export const Connecting: Story = {
  parameters: { wallets: () => [createWallet('Lantern', { manner: 'hang' })], isConnected: true },
  play: act(async ({ canvasElement }) => {
    await expect(await shows(canvasElement, 'connecting', 'Connecting…')).toHaveAttribute('aria-busy', 'true')
  }),
}

/** After: which wallet, by its two ends. */
export const Connected: Story = {
  parameters: { isConnected: true },
  play: act(async ({ canvasElement }) => {
    const button = await shows(canvasElement, 'connected', /^\w{4}…\w{4}$/)
    await expect(button).toHaveAccessibleName(/^Wallet \w{4}…\w{4}$/)
  }),
}

/** From the first press to the last, with the keyboard alone: the focus comes back to the button. */
export const KeyboardOnly: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    const button = canvas.getByRole('button', { name: 'Connect wallet' })
    button.focus()
    await userEvent.keyboard('{Enter}')
    const dialog = within(canvas.getByRole('dialog', { name: 'Choose a wallet' }))
    const wallet = dialog.getByRole('button', { name: /Lantern/ })
    await eventually(() => expect(wallet).toHaveFocus())
    await userEvent.keyboard('{Enter}')
    await shows(canvasElement, 'connected')
    await eventually(() => expect(button).toHaveFocus())
    await userEvent.keyboard('{Enter}')
    const account = within(canvas.getByRole('dialog', { name: 'Connected with Lantern' }))
    await userEvent.click(account.getByRole('button', { name: 'Disconnect' }))
    await shows(canvasElement, 'none', 'Connect wallet')
    await eventually(() => expect(button).toHaveFocus())
  }),
}

/** Before and after it is as high, and so is what stands beside it. */
export const SameHeight: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    const { height } = (await shows(canvasElement, 'none')).getBoundingClientRect()
    await userEvent.click(canvas.getByRole('button'))
    await userEvent.click(canvas.getByRole('button', { name: /Lantern/ }))
    await expect((await shows(canvasElement, 'connected')).getBoundingClientRect().height).toBe(height)
  }),
}

/** In Arabic. */
export const RightToLeft: Story = {
  parameters: { isConnected: true },
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'connected')
    await eventually(() => expect(canvas.getByRole('button', { name: /^المحفظة/ })).toBeVisible())
  }),
}

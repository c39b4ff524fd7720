import { WalletReadyState } from '@solana/wallet-adapter-base'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { WalletDialog, type WalletDialogProps } from 'lamplight/components'
import { useState } from 'react'
import { expect, within } from 'storybook/test'
import { act, eventually, spoken } from './support/scene.js'
import { createWallet, notInstalled } from './support/wallets.js'

/** A page that opens the dialog, with something behind it that must not be reached meanwhile. */
function Page({ open, onClose, ...dialog }: WalletDialogProps) {
  const [isOpen, setOpen] = useState(open)
  const close = () => {
    setOpen(false)
    onClose()
  }
  return (
    <div style={{ minBlockSize: '26rem' }}>
      <button type="button" onClick={() => setOpen(true)}>
        Log in
      </button>
      <WalletDialog {...dialog} open={isOpen} onClose={close} />
    </div>
  )
}

const meta = {
  title: 'Components/WalletDialog',
  component: WalletDialog,
  args: { open: true, onClose: () => {} },
  render: (args) => <Page {...args} />,
  parameters: {
    wallets: () => [
      notInstalled('Tallow'),
      createWallet('Lantern'),
      createWallet('Ember', { readyState: WalletReadyState.Loadable }),
    ],
    // A modal dialog in a page of documentation would cover all of it.
    docs: { story: { inline: false, iframeHeight: 480 } },
  },
} satisfies Meta<typeof WalletDialog>
export default meta
type Story = StoryObj<typeof meta>

const one = (manner: 'reject' | 'fail' | 'hang') => ({ wallets: () => [createWallet('Lantern', { manner })] })

/** What is installed comes first; what is not can be got. */
export const Choose: Story = {
  play: act(async ({ canvas }) => {
    const dialog = within(await canvas.findByRole('dialog', { name: 'Choose a wallet' }))
    await expect(dialog.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
      'LanternInstalled',
      'Ember',
      'TallowInstall',
    ])
    await expect(dialog.getByRole('link', { name: /Tallow/ })).toHaveAttribute('rel', 'noopener noreferrer')
  }),
}

/** There is none in this browser. */
export const NoneFound: Story = {
  parameters: { wallets: () => [] },
  play: act(async ({ canvas }) => {
    await eventually(() => expect(canvas.getByText(/No wallet was found/)).toBeVisible())
  }),
}

/** The wallet asks its owner; the list stays, and another one can be chosen. */
export const Connecting: Story = {
  parameters: one('hang'),
  play: act(async ({ canvas, userEvent }) => {
    const wallet = await canvas.findByRole('button', { name: /Lantern/ })
    await userEvent.click(wallet)
    await eventually(() => expect(canvas.getByText('Confirm the connection in Lantern.')).toBeVisible())
    await expect(wallet).toHaveFocus()
  }),
}

/** Its owner said no: that is no failure, and can be tried again. */
export const Rejected: Story = {
  parameters: one('reject'),
  play: act(async ({ canvas, userEvent }) => {
    const wallet = await canvas.findByRole('button', { name: /Lantern/ })
    for (const _ of ['once', 'again']) {
      await userEvent.click(wallet)
      await eventually(() => expect(canvas.getByText(/was declined in Lantern/)).toBeVisible())
    }
    await expect(wallet).toHaveFocus()
  }),
}

/** The wallet broke: what it said is there for who can make something of it. */
export const Failed: Story = {
  parameters: one('fail'),
  play: act(async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: /Lantern/ }))
    await expect(await canvas.findByText(/Lantern could not connect/)).toHaveTextContent('Unexpected error')
  }),
}

/** One is connected: its address can be copied, another one chosen, or this one left. */
export const Connected: Story = {
  args: { explorer: 'devnet' },
  parameters: { isConnected: true, wallets: () => [createWallet('Lantern'), createWallet('Ember')] },
  play: act(async ({ canvas, userEvent }) => {
    const dialog = await canvas.findByRole('dialog', { name: 'Connected with Lantern' })
    await expect(within(dialog).getByRole('button', { name: 'Copy address' })).toBeVisible()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Use another wallet' }))
    await userEvent.click(within(dialog).getByRole('button', { name: /Ember/ }))
    await eventually(() => expect(canvas.queryByRole('dialog')).toBeNull())
    await userEvent.click(canvas.getByRole('button', { name: 'Log in' }))
    await expect(await canvas.findByRole('dialog', { name: 'Connected with Ember' })).toBeVisible()
  }),
}

/** Escape, its own button and a click beside it close it; the page behind it is inert while it is open. */
export const Closed: Story = {
  args: { open: false },
  play: act(async ({ canvas, userEvent }) => {
    const opener = canvas.getByRole('button', { name: 'Log in' })
    const open = async () => {
      opener.focus()
      await userEvent.keyboard('{Enter}')
      const dialog = await canvas.findByRole('dialog')
      await expect(dialog).toHaveProperty('open', true)
      opener.focus()
      await expect(opener).not.toHaveFocus()
      return dialog
    }
    const isBack = () => eventually(() => expect(opener).toHaveFocus())
    await userEvent.click(within(await open()).getByRole('button', { name: 'Close' }))
    await isBack()
    await userEvent.click(await open())
    await isBack()
    // The browser's own Escape is a close request; synthetic keys do not make one.
    ;(await open()).dispatchEvent(new Event('cancel', { cancelable: true }))
    await userEvent.click(within(canvas.getByRole('dialog')).getByRole('button', { name: 'Close' }))
    await isBack()
  }),
}

/** In Arabic. */
export const RightToLeft: Story = {
  decorators: [spoken('ar')],
  play: act(async ({ canvas }) => {
    await eventually(() => expect(canvas.getByRole('dialog', { name: 'اختر محفظة' })).toBeVisible())
    const dialog = canvas.getByRole('dialog')
    const close = within(dialog).getByRole('button', { name: 'إغلاق' }).getBoundingClientRect()
    await expect(close.left - dialog.getBoundingClientRect().left).toBeLessThan(80)
  }),
}

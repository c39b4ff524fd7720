import type { Meta, StoryObj } from '@storybook/react-vite'
import { CreateAccountNotice, type CreateAccountNoticeProps } from 'lamplight/components'
import { expect } from 'storybook/test'
import { connected, Funded } from './support/funded.js'
import { act, byHand, eventually, narrow, press, type Scene, shows, spoken, tokens } from './support/scene.js'

const meta = {
  title: 'Components/CreateAccountNotice',
  component: CreateAccountNotice,
  args: { mint: '', symbol: 'WICK' },
  loaders: [tokens({ decimals: 2 })],
  parameters: connected(),
  render: ({ mint, ...args }: CreateAccountNoticeProps, { loaded }) => (
    <Funded lamports={1_000_000_000n} mint={(loaded as Scene).mint}>
      <CreateAccountNotice {...args} mint={mint || (loaded as Scene).mint} />
    </Funded>
  ),
} satisfies Meta<typeof CreateAccountNotice>
export default meta
type Story = StoryObj<typeof meta>

/** It says what is missing and what it costs, makes it, and is gone when the focus goes on. */
export const Missing: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /no account for WICK yet.*costs 0\.00203928 SOL/)
    await userEvent.tab()
    await userEvent.keyboard('{Enter}')
    await shows(canvasElement, 'confirmed', /Confirmed/)
    await expect(canvas.getByRole('button')).toHaveFocus()
    ;(document.activeElement as HTMLElement).blur()
    await eventually(() => expect(canvasElement.querySelector('[data-lamp]')).toBeNull())
  }),
}

/** Before anything is done. */
export const Offered: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /Closing it gives that back/)
    await expect(canvas.getByRole('region', { name: 'This wallet has no account for WICK yet.' })).toBeVisible()
  }),
}

/** As wide as a small phone. */
export const Narrow: Story = {
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /costs 0\.00203928 SOL/)
  }),
}

/** Its person said no. */
export const Rejected: Story = {
  parameters: connected('reject'),
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /costs/)
    await press(canvas.getByRole('button'))
    await shows(canvasElement, 'rejected', /You declined it/)
  }),
}

/** In German. */
export const German: Story = {
  decorators: [spoken('de')],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /noch kein Konto für WICK/)
  }),
}

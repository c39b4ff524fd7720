import type { Meta, StoryObj } from '@storybook/react-vite'
import { BurnForm, type BurnFormProps } from 'lamplight/components'
import { expect } from 'storybook/test'
import { connected, Funded } from './support/funded.js'
import { act, byHand, fill, narrow, press, type Scene, shows, spoken, tokens } from './support/scene.js'

const meta = {
  title: 'Components/BurnForm',
  component: BurnForm,
  args: { mint: '', symbol: 'WICK' },
  loaders: [tokens({ decimals: 2 })],
  parameters: connected(),
  render: ({ mint, ...args }: BurnFormProps, { loaded }) => (
    <Funded lamports={1_000_000_000n} amount={15_000n} mint={(loaded as Scene).mint}>
      <BurnForm {...args} mint={mint || (loaded as Scene).mint} />
    </Funded>
  ),
} satisfies Meta<typeof BurnForm>
export default meta
type Story = StoryObj<typeof meta>

/** Before anything is typed. */
export const Empty: Story = {
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /150 WICK available.*gone for good/)
  }),
}

/** It has to be said that it is to be gone for good. */
export const ConsentMissing: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /150 WICK available/)
    await fill(canvas.getByLabelText('Amount'), '50')
    await press(canvas.getByRole('button', { name: 'Burn' }))
    await expect(canvas.getByRole('checkbox')).toHaveAccessibleDescription(/gone for good.*Tick this first/)
  }),
}

/** Gone. The next ones need to be said again. */
export const Confirmed: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'idle', /150 WICK available/)
    await fill(canvas.getByLabelText('Amount'), '50')
    await press(canvas.getByRole('checkbox'))
    await press(canvas.getByRole('button', { name: 'Burn' }))
    await shows(canvasElement, 'confirmed', /100 WICK available/)
    await expect(canvas.getByRole('checkbox')).not.toBeChecked()
  }),
}

/** With the keyboard: what was left out has the focus. */
export const Burn: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'idle', /150 WICK available/)
    await userEvent.type(canvas.getByLabelText('Amount'), '50')
    await userEvent.type(canvas.getByLabelText('Note'), 'for the moths{Enter}')
    const consent = canvas.getByRole('checkbox')
    await expect(consent).toHaveFocus()
    await userEvent.keyboard(' ')
    await userEvent.click(canvas.getByRole('button', { name: 'Burn' }))
    await shows(canvasElement, 'confirmed', /100 WICK available/)
    await expect(consent).not.toBeChecked()
  }),
}

/** As wide as a small phone. */
export const Narrow: Story = {
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /150 WICK available/)
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth)
  }),
}

/** In Arabic. */
export const RightToLeft: Story = {
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /المتاح/)
  }),
}

import type { Meta, StoryObj } from '@storybook/react-vite'
import { AddressLabel } from 'lamplight/components'
import { expect } from 'storybook/test'
import { act, asked, eventually, press, shows, spoken, wide } from './support/scene.js'

const ADDRESS = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'

const meta = {
  title: 'Components/AddressLabel',
  component: AddressLabel,
  args: { address: ADDRESS },
} satisfies Meta<typeof AddressLabel>
export default meta
type Story = StoryObj<typeof meta>

/** The two ends, which is what people compare. */
export const Short: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'ready', 'EPjF…Dt1v')
    await expect(canvas.getByTitle(ADDRESS)).toBeVisible()
  }),
}

/** The button copies the whole address, and says so to everybody; where a page has no clipboard it says that. */
export const Copied: Story = {
  play: act(async ({ canvas }) => {
    await press(canvas.getByRole('button', { name: 'Copy address' }))
    await eventually(() =>
      expect(canvas.getByRole('status')).toHaveTextContent(/^(Copied|The address could not be copied)$/),
    )
  }),
}

/** With a link to where it can be looked up. The cluster has to be named: another one would show another account. */
export const WithExplorer: Story = {
  args: { explorer: 'devnet' },
  play: act(async ({ canvas }) => {
    const connectionRef = canvas.getByRole('link', { name: 'Open in explorer' })
    await expect(connectionRef).toHaveAttribute('href', `https://explorer.solana.com/address/${ADDRESS}?cluster=devnet`)
    await expect(connectionRef).toHaveAttribute('rel', 'noopener noreferrer')
  }),
}

/** With a link of the app's own. */
export const WithOwnExplorer: Story = {
  args: { explorer: (address) => `/accounts/${address}` },
  play: act(async ({ canvas }) => {
    await expect(canvas.getByRole('link')).toHaveAttribute('href', `/accounts/${ADDRESS}`)
  }),
}

/** All of it, in a narrow column. */
export const Whole: Story = {
  args: { chars: 'all', explorer: 'mainnet-beta' },
  decorators: [wide(160)],
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'ready', ADDRESS)
    await expect(widget.getBoundingClientRect().width).toBeLessThanOrEqual(160)
  }),
}

/** Something else than an address says what is wrong with it. */
export const Invalid: Story = {
  args: { address: 'not-an-address' },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'error', 'Not an address')
    await expect(asked(canvasElement)).toMatch(/address: "not-an-address" is not a Solana address/)
  }),
}

/** Nobody's. */
export const None: Story = {
  args: { address: null },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', '–')
  }),
}

/** In a page that is written from right to left an address still reads from its first character. */
export const RightToLeft: Story = {
  args: { explorer: 'devnet' },
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement, canvas }) => {
    const widget = await shows(canvasElement, 'ready', 'EPjF…Dt1v')
    await eventually(() => expect(canvas.getByRole('button', { name: 'نسخ العنوان' })).toBeVisible())
    const button = canvas.getByRole('button')
    await expect(button.getBoundingClientRect().left).toBeLessThan(
      canvas.getByTitle(ADDRESS).getBoundingClientRect().left,
    )
    await expect(getComputedStyle(widget.querySelector('bdi') as HTMLElement).direction).toBe('ltr')
  }),
}

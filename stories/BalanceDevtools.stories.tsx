import type { Meta, StoryObj } from '@storybook/react-vite'
import { TokenBalance } from 'lamplight/components'
import { BalanceDevtools } from 'lamplight/devtools'
import { expect, within } from 'storybook/test'
import { setTokenBalance } from './support/ledger.js'
import { act, eventually, type Scene } from './support/scene.js'
import { some } from './support/token.js'

const meta = {
  title: 'Components/BalanceDevtools',
  component: BalanceDevtools,
  loaders: some,
  args: { initialOpen: true },
  parameters: { docs: { story: { inline: false, iframeHeight: 640 } } },
  render: (args, { loaded }) => {
    const { owner, mint } = loaded as unknown as Scene
    return (
      <div style={{ minBlockSize: 600 }}>
        <TokenBalance owner={owner} mint={mint} symbol="TKN" pollInterval={250} />
        <BalanceDevtools {...args} />
      </div>
    )
  },
} satisfies Meta<typeof BalanceDevtools>
export default meta
type Story = StoryObj<typeof meta>

const panelIn = (canvasElement: HTMLElement) =>
  eventually(() => expect(canvasElement.querySelector('[data-part="panel"]')).toBeVisible()).then(() =>
    within(canvasElement.querySelector('[data-part="panel"]') as HTMLElement),
  )

/** What the client does while all is well, and the last changes of each account. */
export const Live: Story = {
  play: act(async ({ canvasElement, owner, mint }) => {
    const panel = await panelIn(canvasElement)
    await eventually(() => expect(panel.getByText(/^1\.5$/)).toBeInTheDocument())
    await setTokenBalance(owner, mint, 2_000_000n)
    await setTokenBalance(owner, mint, 2_500_000n)
    await eventually(() => expect(panel.getByText(/^2\.5$/)).toBeInTheDocument())
  }),
}

/** The socket is refused and dropped: the timeline tells each step and why. */
export const AfterAFault: Story = {
  play: act(async ({ canvasElement, line }) => {
    const panel = await panelIn(canvasElement)
    await eventually(() => expect(panel.getAllByText('live').length).toBeGreaterThan(1))
    line.fail({ socket: 'refused' })
    line.drop()
    await eventually(() => expect(panel.getAllByText('waiting').length).toBeGreaterThan(1))
    await eventually(() => expect(panel.getAllByText(/polling/).length).toBeGreaterThan(1))
  }),
}

/** Its stream is held: balances say so, and are asked for no more than a paused page asks. */
export const Paused: Story = {
  play: act(async ({ canvasElement, userEvent }) => {
    const panel = await panelIn(canvasElement)
    await eventually(() => expect(panel.getAllByText('live').length).toBeGreaterThan(1))
    await userEvent.click(panel.getByRole('button', { name: 'Pause the stream' }))
    await eventually(() =>
      expect(panel.getByRole('button', { name: 'Pause the stream' })).toHaveAttribute('aria-pressed', 'true'),
    )
    document.dispatchEvent(new Event('resume'))
  }),
}

/** As it comes: a button at the lower edge. */
export const Closed: Story = {
  args: { initialOpen: false, side: 'end' },
  play: act(async ({ canvasElement, userEvent }) => {
    const button = await within(canvasElement).findByRole('button', { name: 'Lamplight' })
    button.focus()
    await userEvent.keyboard('{Enter}')
    await panelIn(canvasElement)
    await userEvent.keyboard('{Escape}')
    await expect(button).toHaveAttribute('aria-expanded', 'false')
    await expect(button).toHaveFocus()
  }),
}

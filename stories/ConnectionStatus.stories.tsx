import type { Meta, StoryObj } from '@storybook/react-vite'
import { ConnectionStatus, SolBalance } from 'lamplight/components'
import { expect } from 'storybook/test'
import { statusArgTypes } from './support/balanceArgTypes.js'
import { act, asked, byHand, eventually, narrow, type Scene, shows, sol, wide } from './support/scene.js'

const meta = {
  title: 'Components/ConnectionStatus',
  component: ConnectionStatus,
  argTypes: statusArgTypes,
  loaders: [sol(2_500_000_000n)],
  // A connection is opened for somebody: here, for a balance below.
  render: (args, { loaded }) => (
    <>
      <ConnectionStatus {...args} />
      <p>
        Balance: <SolBalance owner={(loaded as Scene).owner} pollInterval={250} />
      </p>
    </>
  ),
} satisfies Meta<typeof ConnectionStatus>
export default meta
type Story = StoryObj<typeof meta>

/** Nothing on the page needs a connection, so none is opened. */
export const Idle: Story = {
  render: (args) => <ConnectionStatus {...args} />,
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'idle', /^Idle$/)
    await expect(line.socketsTried).toBe(0)
  }),
}

/** The other end does not pick up. */
export const Connecting: Story = {
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'connecting', /^Connecting…/)
  }),
}

/** Connected; the first values are still on their way. */
export const Syncing: Story = {
  parameters: { line: { http: 'hang' } },
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'syncing', /^Catching up…/)
    await expect(line.socketsTried).toBe(1)
  }),
}

/** Connected, and every balance on the page is pushed. */
export const Live: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await expect(await shows(canvasElement, 'live', 'Live')).toHaveAttribute('data-freshness', 'live')
    await expect(canvas.queryByRole('button')).toBeNull()
  }),
}

/** Open, and silent for too long: not called live any more, long before the connection counts as lost. */
export const Suspect: Story = {
  parameters: { provider: { heartbeat: { probeAfterMs: 300, suspectAfterMs: 200, deadAfterMs: 3_600_000 } } },
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', 'Live')
    line.fail({ socket: 'mute' })
    await shows(canvasElement, 'suspect', /^No answer…/)
  }),
}

/** Long enough between attempts for the state to be looked at. */
const patient = { backoff: { baseMs: 60_000, capMs: 60_000 } }

/** Lost, and refused when it was tried again; the values are polled meanwhile. */
export const Waiting: Story = {
  parameters: { line: { socket: 'refused' }, provider: patient },
  play: act(async ({ canvasElement, canvas, line }) => {
    await eventually(() => expect(line.socketsTried).toBe(2))
    const widget = await shows(canvasElement, 'waiting', /^Reconnecting…/)
    await eventually(() => expect(widget).toHaveAttribute('data-freshness', 'polling'))
    await expect(canvas.getByRole('button', { name: 'Retry now' })).toBeVisible()
  }),
}

/** Lost, and nothing else answers either. */
export const WaitingAndStale: Story = {
  parameters: { provider: patient },
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    const widget = await shows(canvasElement, 'waiting', /may be out of date/)
    await expect(widget).toHaveAttribute('data-freshness', 'stale')
  }),
}

/** The wait is long; somebody who knows that the line is good again need not sit through it. */
export const RetryNow: Story = {
  parameters: { ...byHand, line: { socket: 'refused' }, provider: patient },
  play: act(async ({ canvasElement, canvas, line, userEvent }) => {
    await eventually(() => expect(line.socketsTried).toBe(2))
    await shows(canvasElement, 'waiting')
    line.mend()
    const button = canvas.getByRole('button', { name: 'Retry now' })
    await userEvent.click(button)
    await shows(canvasElement, 'live', /^Live/)
    await expect(line.socketsTried).toBe(3)
    // It stays while the focus is on it, which would be at the top of the page otherwise.
    await expect(button).toHaveFocus()
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    button.blur()
    await shows(canvasElement, 'live', 'Live')
  }),
}

/** The server said not to come back. */
export const Failed: Story = {
  play: act(async ({ canvasElement, canvas, line }) => {
    await shows(canvasElement, 'live', 'Live')
    line.drop(4500)
    await shows(canvasElement, 'failed', /^Cannot connect/)
    await expect(asked(canvasElement)).toMatch(/cannot be reached.*\(4500\)/)
    await expect(canvas.getByRole('button', { name: 'Retry now' })).toBeVisible()
  }),
}

/** A prop is wrong: the page stands, and the status names it. */
export const FailedByBadUrl: Story = {
  parameters: { provider: { url: 'not a url' } },
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'failed', /^Cannot connectThis page is not set up correctly/)
    await expect(asked(canvasElement)).toMatch(/url: "not" is not a usable URL/)
    // Trying again cannot help.
    await expect(canvas.queryByRole('button', { name: 'Retry now' })).toBeNull()
  }),
}

/** No socket by choice: values are polled. */
export const Polling: Story = {
  parameters: { provider: { url: false } },
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'idle', /^Refreshed every few seconds$/)
    await expect(widget).toHaveAttribute('data-freshness', 'polling')
  }),
}

/** A screen reader is told of a change that lasts, when it has nothing else to say. */
export const Announced: Story = {
  args: { announce: true },
  parameters: { provider: patient },
  play: act(async ({ canvasElement, canvas, line }) => {
    const status = canvas.getByRole('status')
    await shows(canvasElement, 'live', 'Live')
    line.fail({ socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'waiting', /^Reconnecting…/)
    // What may be over in a moment is not worth an interruption.
    await expect(status).toBeEmptyDOMElement()
    await eventually(() => expect(status).toHaveTextContent(/live connection is lost/))
    // The same element: a screen reader says nothing of one that is new.
    await expect(canvas.getByRole('status')).toBe(status)
  }),
}

/** The content drawn by a function; the element and its `data-state` stay. */
export const CustomContent: Story = {
  args: {
    children: ({ state, endpoint }) => (
      <>
        <strong>{state}</strong> {endpoint}
      </>
    ),
  },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /^live \S+$/)
  }),
}

/** In a page that is written from right to left. */
export const RightToLeft: Story = {
  parameters: { line: { http: 'refused', socket: 'refused' }, provider: patient },
  decorators: [
    (Story) => (
      <div dir="rtl">
        <Story />
      </div>
    ),
  ],
  play: act(async ({ canvasElement, canvas }) => {
    const widget = await shows(canvasElement, 'waiting')
    const messages = canvas.getByText('Reconnecting…').getBoundingClientRect()
    const start = widget.getBoundingClientRect().right
    await expect(start - messages.right).toBeGreaterThan(0)
    await expect(start - messages.right).toBeLessThan(40)
  }),
}

/** The longest thing it can say fits a phone, and the mark stays beside its words. */
export const Narrow: Story = {
  parameters: { line: { http: 'refused', socket: 'refused' }, provider: patient },
  decorators: [narrow],
  play: act(async ({ canvasElement, canvas }) => {
    const widget = await shows(canvasElement, 'waiting', /Retry now$/)
    await expect(widget.scrollWidth).toBeLessThanOrEqual(widget.clientWidth)
    const [mine, messages] = [widget, canvas.getByText('Reconnecting…')].map((each) => each.getBoundingClientRect())
    await expect(mine?.width).toBeLessThanOrEqual(320)
    await expect(messages?.left).toBeGreaterThan(mine?.left ?? Infinity)
  }),
}

/** The longest state of all in the narrowest of columns: the mark stays beside its words. */
export const NarrowAndSuspect: Story = {
  parameters: Suspect.parameters ?? {},
  decorators: [wide(160)],
  play: act(async ({ canvasElement, canvas, line }) => {
    await shows(canvasElement, 'live', 'Live')
    line.fail({ socket: 'mute' })
    const widget = await shows(canvasElement, 'suspect', /^No answer…/)
    const messages = canvas.getByText('No answer…').getBoundingClientRect()
    await expect(messages.left).toBeGreaterThan(widget.getBoundingClientRect().left)
    await expect(messages.top - widget.getBoundingClientRect().top).toBeLessThan(messages.height)
  }),
}

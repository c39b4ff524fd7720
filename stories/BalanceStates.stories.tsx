import type { Meta, StoryObj } from '@storybook/react-vite'
import { ConnectionStatus, SolBalance, TokenBalance } from 'lamplight/components'
import { useState } from 'react'
import { expect } from 'storybook/test'
import { fund, setTokenBalance } from './support/ledger.js'
import { plugIn, unplug } from './support/network.js'
import { type Act, act, asked, byHand, eventually, opened, press, type Scene, shows, tokens } from './support/scene.js'
import { sentBalance } from './support/sentBalance.js'
import { some, token } from './support/token.js'

const meta = { title: 'Components/TokenBalance/States', component: TokenBalance, ...token } satisfies Meta<
  typeof TokenBalance
>
export default meta
type Story = StoryObj<typeof meta>

/** The node has the question and does not answer. */
export const Loading: Story = {
  loaders: some,
  parameters: { line: { http: 'hang' } },
  play: act(async ({ canvasElement }) => {
    await expect(await shows(canvasElement, 'loading')).toHaveAttribute('aria-busy', 'true')
  }),
}

/** The value takes the skeleton's place, and nothing around it moves. */
export const LoadingThenLive: Story = {
  loaders: some,
  parameters: { line: { http: 'hang' } },
  play: act(async ({ canvasElement, line }) => {
    const { height } = (await shows(canvasElement, 'loading')).getBoundingClientRect()
    line.mend()
    const widget = await shows(canvasElement, 'live', '1.5 TKN')
    await expect(widget.getBoundingClientRect().height).toBe(height)
    await expect(widget).not.toHaveAttribute('aria-busy')
  }),
}

/** Without a socket the value is asked for again and again, and says so. */
export const Polling: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  parameters: { provider: { url: false } },
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'polling', '1.5 TKN')
    await setTokenBalance(owner, mint, 3_000_000n)
    await shows(canvasElement, 'polling', '3 TKN')
    await expect(asked(canvasElement)).toMatch(/refreshed every few seconds.*confirmed \d seconds? ago/)
  }),
}

/** The socket is gone for good; polling takes over by itself. */
export const LiveThenPolling: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  play: act(async ({ canvasElement, line, owner, mint }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    line.fail({ socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'polling', '1.5 TKN')
    await setTokenBalance(owner, mint, 4_000_000n)
    await shows(canvasElement, 'polling', '4 TKN')
  }),
}

/** The socket is gone and the node answers 429: the last known value stays, and says that it may not be true. */
export const StaleRateLimited: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    line.fail({ http: 'limited', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '1.5 TKN')
    await eventually(() => expect(asked(canvasElement)).toMatch(/out of date.*more requests.*429/))
  }),
}

/** Nobody can be reached any more. */
export const StaleUnreachable: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '1.5 TKN')
    await eventually(() => expect(asked(canvasElement)).toMatch(/cannot be reached/))
  }),
}

/** What changed while the line was down is there when it is back. */
export const StaleThenLive: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  play: act(async ({ canvasElement, line, owner, mint }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '1.5 TKN')
    await setTokenBalance(owner, mint, 7_000_000n)
    line.mend()
    await shows(canvasElement, 'live', '7 TKN')
  }),
}

/** Loader: 1.5 TKN that a server has sent along with the page. */
const sent = async () => {
  const scene = (await tokens({ decimals: 6, amount: 1_500_000n })()) as Scene
  return { ...scene, restored: await sentBalance(scene) }
}

/** It came with the page, or was kept since the last visit: there at once, and not called live before the chain has confirmed it. */
export const Restored: Story = {
  loaders: [sent],
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'stale', '1.5 TKN')
    await expect(asked(canvasElement)).toMatch(/may be out of date.*last confirmed/)
  }),
}

/** The chain says something else than what was sent. */
export const RestoredThenLive: Story = {
  loaders: [sent],
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement, line, owner, mint }) => {
    await shows(canvasElement, 'stale', '1.5 TKN')
    await setTokenBalance(owner, mint, 2_000_000n)
    line.mend()
    await shows(canvasElement, 'live', '2 TKN')
  }),
}

/** SOL, and at a press the token beside it. */
function SolThenToken({ owner, mint }: Pick<Scene, 'owner' | 'mint'>) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <div style={{ display: 'grid', justifyItems: 'start', gap: '0.5rem' }}>
      {isOpen && <TokenBalance owner={owner} mint={mint} symbol="TKN" />}
      <SolBalance owner={owner} symbol="SOL" />
      {!isOpen && (
        <button type="button" onClick={() => setIsOpen(true)}>
          Show TKN
        </button>
      )}
    </div>
  )
}

const lagging = {
  loaders: some,
  render: (_, { loaded }) => <SolThenToken {...(loaded as Scene)} />,
} satisfies Partial<Story>

/** The node that answers has stopped following the chain, and the socket has told of a later slot than it knows. */
async function fallBehind({ canvasElement, canvas, line, owner }: Act) {
  await shows(canvasElement, 'live', '0 SOL')
  line.fail({ http: 'lagging' })
  await fund(owner, 2_000_000_000n)
  await shows(canvasElement, 'live', '2 SOL')
  await press(canvas.getByRole('button', { name: 'Show TKN' }))
  await shows(canvasElement, 'loading')
  await shows(canvasElement, 'stale', '1.5 TKN')
}

/** The node that answers is behind what the socket has told: it is asked again for some seconds, and never called live. */
export const Lagging: Story = {
  ...lagging,
  play: act(async (scene) => {
    await fallBehind(scene)
    await expect(asked(scene.canvasElement)).toMatch(/may be out of date.*behind the chain/)
  }),
}

/** It has caught up. */
export const LaggingThenLive: Story = {
  ...lagging,
  play: act(async (scene) => {
    await fallBehind(scene)
    await setTokenBalance(scene.owner, scene.mint, 2_500_000n)
    scene.line.mend()
    await shows(scene.canvasElement, 'live', '2.5 TKN')
  }),
}

/** The browser says that there is no network: it is not tried again and again, and goes on by itself when there is one. */
export const Offline: Story = {
  loaders: some,
  decorators: [
    (Story) => (
      <>
        <Story />
        <ConnectionStatus />
      </>
    ),
  ],
  // A document of its own on a page of documentation: the network is the whole document's.
  parameters: { docs: { story: { inline: false, iframeHeight: 140 } } },
  beforeEach: () => plugIn,
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    unplug()
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '1.5 TKN')
    const status = canvasElement.querySelector('[data-lamp="connection-status"]')
    await eventually(() => expect(status).toHaveAttribute('data-state', 'offline'))
    await expect(status).toHaveTextContent(/^Offline/)
  }),
}

/** Nothing was ever known: no number is shown. */
export const ErrorRateLimited: Story = {
  loaders: some,
  parameters: { line: { http: 'limited', socket: 'refused' } },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'error', 'Unavailable')
    await expect(asked(canvasElement)).toMatch(/could not be read.*429/)
  }),
}

/** It is asked for again and again, and says the same until there is an answer: nothing blinks. */
export const ErrorHeld: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  parameters: { line: { http: 'refused', socket: 'refused' } },
  play: act(async ({ canvasElement, line }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    const states: (string | undefined)[] = []
    new MutationObserver(() => states.push(widget.dataset.state)).observe(widget, { attributeFilter: ['data-state'] })
    const before = line.requestsTried
    await eventually(() => expect(line.requestsTried).toBeGreaterThan(before + 1))
    await expect(asked(canvasElement)).toMatch(/could not be read.*cannot be reached/)
    await expect(states).toEqual([])
    line.mend()
    await shows(canvasElement, 'live', /^1.5 TKN/)
    await expect(states).not.toContain('loading')
  }),
}

/** The same, with nobody at the other end. */
export const ErrorUnreachable: Story = {
  loaders: some,
  parameters: { line: { http: 'refused', socket: 'refused' } },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'error', 'Unavailable')
    await expect(asked(canvasElement)).toMatch(/could not be read.*cannot be reached/)
  }),
}

/** What a keyboard stands on does not go away when all is well again; it goes when the keyboard goes on. */
export const FocusKept: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, line }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '1.5 TKN')
    await expect(await opened(canvasElement)).toMatch(/out of date/)
    const mark = canvas.getByRole('button', { name: /out of date/ })
    line.mend()
    await eventually(() => expect(mark).toHaveAccessibleName('Live'))
    await expect(mark).toHaveFocus()
    mark.blur()
    await shows(canvasElement, 'live', '1.5 TKN')
    await expect(canvas.queryByRole('button')).toBeNull()
  }),
}

/** A finger gets the same words as a keyboard, and Escape takes them away. */
export const Tapped: Story = {
  loaders: some,
  parameters: { ...byHand, line: { http: 'limited', socket: 'refused' } },
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'error', 'Unavailable')
    const mark = canvas.getByRole('button')
    const { width, height } = mark.getBoundingClientRect()
    await expect(Math.min(width, height)).toBeGreaterThanOrEqual(24)
    await userEvent.pointer({ keys: '[TouchA]', target: mark })
    await expect(canvas.getByRole('tooltip')).toHaveTextContent(/could not be read.*429/)
    await userEvent.keyboard('{Escape}')
    await eventually(() => expect(canvas.queryByRole('tooltip')).toBeNull())
  }),
}

/** Inside another button there is no button, and the words are a screen reader's all the same. */
export const InsideAButton: Story = {
  args: { explain: false },
  loaders: some,
  parameters: { line: { http: 'limited', socket: 'refused' } },
  decorators: [
    (Story) => (
      <button type="button" style={{ font: 'inherit', color: 'inherit', background: 'none' }}>
        <Story />
      </button>
    ),
  ],
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'error', 'Unavailable')
    await expect(canvas.getAllByRole('button')).toHaveLength(1)
    await expect(canvas.getByRole('button')).toHaveAccessibleName(/Unavailable.*could not be read/)
  }),
}

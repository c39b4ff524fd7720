import type { Meta, StoryObj } from '@storybook/react-vite'
import { SolBalance } from 'lamplight/components'
import { type ReactNode, useEffect } from 'react'
import { expect } from 'storybook/test'
import { balanceArgTypes } from './support/balanceArgTypes.js'
import { fund } from './support/ledger.js'
import { act, eventually, narrow, type Scene, shows, sol } from './support/scene.js'

const U64_MAX = 18_446_744_073_709_551_615n
/** 2.5 SOL. */
const some = [sol(2_500_000_000n)]
const many = [sol(1_234_567_890_123_456n)]

const meta = {
  title: 'Components/SolBalance',
  component: SolBalance,
  argTypes: balanceArgTypes,
  render: ({ owner, ...args }, { loaded }) => (
    <SolBalance owner={owner === undefined ? (loaded as Scene).owner : owner} {...args} />
  ),
} satisfies Meta<typeof SolBalance>
export default meta
type Story = StoryObj<typeof meta>

/** Pushed by the node, and proven to be so: a change on the ledger is on the screen a moment later. */
export const Live: Story = {
  loaders: some,
  play: act(async ({ canvasElement, owner }) => {
    await shows(canvasElement, 'live', '2.5 SOL')
    await fund(owner, 1n)
    await shows(canvasElement, 'live', '2.500000001 SOL')
  }),
}

/** Pays the owner a little, again and again. */
function Wages({ owner, children }: Pick<Scene, 'owner'> & { children: ReactNode }) {
  useEffect(() => {
    const timer = setInterval(() => fund(owner, 10_000_000n).catch(console.error), 700)
    return () => clearInterval(timer)
  }, [owner])
  return children
}

/** Nobody touches the page; the ledger pays, and the balance moves. */
export const LiveAndMoving: Story = {
  loaders: some,
  decorators: [
    (Story, { loaded }) => (
      <Wages owner={(loaded as Scene).owner}>
        <Story />
      </Wages>
    ),
  ],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /2\.5[1-9]/)
    const { textContent: before } = await shows(canvasElement, 'live')
    await eventually(async () => expect((await shows(canvasElement, 'live')).textContent).not.toBe(before))
  }),
}

/** No wallet, so nothing to ask for. */
export const Idle: Story = {
  args: { owner: null },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', '–')
  }),
}

/** The node has the question and does not answer. */
export const Loading: Story = {
  loaders: some,
  parameters: { line: { http: 'hang' } },
  play: act(async ({ canvasElement }) => {
    await expect(await shows(canvasElement, 'loading')).toHaveAttribute('aria-busy', 'true')
  }),
}

/** Without a socket the value is asked for again and again, and says so. */
export const Polling: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  parameters: { provider: { url: false } },
  play: act(async ({ canvasElement, owner }) => {
    await shows(canvasElement, 'polling', '2.5 SOL')
    await fund(owner, 500_000_000n)
    await shows(canvasElement, 'polling', '3 SOL')
  }),
}

/** The socket is gone and the node answers 429: the last known value stays, and says that it may not be true. */
export const Stale: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', '2.5 SOL')
    line.fail({ http: 'limited', socket: 'refused' })
    line.drop()
    const widget = await shows(canvasElement, 'stale', '2.5 SOL')
    await eventually(() => expect(widget).toHaveAttribute('title', expect.stringMatching(/out of date.*429/)))
  }),
}

/** What changed while the line was down is there when it is back. */
export const StaleThenLive: Story = {
  args: { pollInterval: 250 },
  loaders: some,
  play: act(async ({ canvasElement, line, owner }) => {
    await shows(canvasElement, 'live', '2.5 SOL')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '2.5 SOL')
    await fund(owner, 500_000_000n)
    line.mend()
    await shows(canvasElement, 'live', '3 SOL')
  }),
}

/** Nothing was ever known: no number is shown. */
export const ErrorState: Story = {
  name: 'Error',
  loaders: some,
  parameters: { line: { http: 'limited', socket: 'refused' } },
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    await expect(widget).toHaveAttribute('title', expect.stringMatching(/429/))
  }),
}

/** Nobody ever sent anything to this address. The first lamport makes the account. */
export const Missing: Story = {
  loaders: [sol()],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'missing', 'No account')
  }),
}

/** The first lamports make the account, and it is followed from then on. */
export const MissingThenLive: Story = {
  loaders: [sol()],
  play: act(async ({ canvasElement, owner }) => {
    await shows(canvasElement, 'missing', 'No account')
    await fund(owner, 1_000_000_000n)
    await shows(canvasElement, 'live', '1 SOL')
  }),
}

/** The most that an account can hold. No digit is lost. */
export const Huge: Story = {
  loaders: [sol(U64_MAX)],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '18446744073.709551615 SOL')
  }),
}

/** The least that is not nothing. */
export const Tiny: Story = {
  loaders: [sol(1n)],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '0.000000001 SOL')
  }),
}

/** Grouping and decimal sign of a locale. */
export const FormattedLocale: Story = {
  args: { format: { locale: 'de', maxFraction: 4 } },
  loaders: many,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.234.567,8901 SOL')
  }),
}

/** Shortened, and never rounded up to what the owner has not got. */
export const FormattedCompact: Story = {
  args: { format: { locale: 'en', compact: true } },
  loaders: many,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.2M SOL')
  }),
}

/** The content drawn by a function; the element and its `data-state` stay. */
export const CustomContent: Story = {
  args: { children: ({ data }, state) => `${data ? data.lamports : '…'} lamports, ${state}` },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '2500000000 lamports, live')
  }),
}

/** The error names the argument and what is wrong with it; nothing is asked of the node. */
export const BadAddress: Story = {
  args: { owner: 'not-an-address' },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    await expect(widget).toHaveAttribute('title', expect.stringMatching(/^owner: "not-an-address" is not a Solana/))
  }),
}

/** In a page that is written from right to left, with that language's digits. */
export const RightToLeft: Story = {
  args: { format: { locale: 'ar-EG', maxFraction: 2 } },
  loaders: many,
  decorators: [
    (Story) => (
      <p dir="rtl" lang="ar" style={{ margin: 0 }}>
        الرصيد: <Story />
      </p>
    ),
  ],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '١٬٢٣٤٬٥٦٧٫٨٩ SOL')
  }),
}

/** A phone's width is enough for the longest amount. */
export const Narrow: Story = {
  loaders: [sol(U64_MAX)],
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'live', '18446744073.709551615 SOL')
    await expect(widget.getBoundingClientRect().width).toBeLessThanOrEqual(320)
    await expect(widget.scrollWidth).toBeLessThanOrEqual(widget.clientWidth)
  }),
}

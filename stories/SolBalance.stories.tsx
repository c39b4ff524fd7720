import type { Meta, StoryObj } from '@storybook/react-vite'
import { SolBalance } from 'lamplight/components'
import { balanceArgTypes } from './support/balanceArgTypes.js'
import { fund } from './support/ledger.js'
import { act, type Scene, shows, sol } from './support/scene.js'

/** 2.5 SOL. */
const some = [sol(2_500_000_000n)]

/** It is drawn as `<TokenBalance>` is, whose stories show every state. */
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

/** No wallet, so nothing to ask for. */
export const Idle: Story = {
  args: { owner: null },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', '–')
  }),
}

/** Nobody ever sent anything to this address: that is 0 SOL, and it is known. The first lamport makes the account. */
export const NeverUsed: Story = {
  loaders: [sol()],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '0 SOL')
  }),
}

/** The first lamports make the account, and it is followed from then on. */
export const NeverUsedThenFunded: Story = {
  loaders: [sol()],
  play: act(async ({ canvasElement, owner }) => {
    await shows(canvasElement, 'live', '0 SOL')
    await fund(owner, 1_000_000_000n)
    await shows(canvasElement, 'live', '1 SOL')
  }),
}

/** Grouping and decimal sign of a locale. */
export const FormattedLocale: Story = {
  args: { format: { locale: 'de', maxFraction: 4 } },
  loaders: [sol(1_234_567_890_123_456n)],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.234.567,8901 SOL')
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

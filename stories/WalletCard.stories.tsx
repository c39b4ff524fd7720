import type { Meta, StoryObj } from '@storybook/react-vite'
import { WalletButton, WalletCard } from 'lamplight/components'
import { expect } from 'storybook/test'
import { fund } from './support/ledger.js'
import { act, eventually, type Scene, spoken, tokens, wide, widgetIn } from './support/scene.js'
import { createWallet } from './support/wallets.js'

const meta = {
  title: 'Components/WalletCard',
  component: WalletCard,
  loaders: [
    async () => {
      const scene = await tokens({ decimals: 6, amount: 1_234_567_890n })()
      await fund(scene.owner as string, 2_500_000_000n)
      return scene
    },
  ],
  render: (args, { loaded }) => {
    const { owner, mint } = loaded as Scene
    return (
      <WalletCard
        tokens={[{ mint, symbol: 'LAMP' }]}
        {...args}
        owner={args.owner === undefined && !args.action ? owner : args.owner}
      />
    )
  },
} satisfies Meta<typeof WalletCard>
export default meta
type Story = StoryObj<typeof meta>

const all = (canvasElement: HTMLElement, sol: string, token = sol) =>
  eventually(async () => {
    const balances = [...canvasElement.querySelectorAll<HTMLElement>('[data-lamp$="-balance"]')]
    await expect(balances.map(({ dataset }) => dataset.state)).toEqual([sol, token])
  })

/** Somebody's wallet, live. */
export const Live: Story = {
  args: { explorer: 'devnet' },
  play: act(async ({ canvasElement, canvas }) => {
    await all(canvasElement, 'live')
    await expect(canvas.getByText('2.5')).toBeVisible()
    await expect(canvas.getByText('1,234.56789')).toBeVisible()
    await expect(canvas.getByRole('article', { name: 'Wallet' })).toBe(widgetIn(canvasElement))
  }),
}

/** The connected wallet's, before there is one. */
export const NotConnected: Story = {
  args: { action: <WalletButton /> },
  parameters: { wallets: () => [createWallet('Lantern')] },
  play: act(async ({ canvasElement, canvas }) => {
    await all(canvasElement, 'idle')
    await expect(canvas.getByText('No wallet is connected')).toBeVisible()
  }),
}

/** The connected wallet's: a burner, which has nothing yet. */
export const Connected: Story = {
  args: { action: <WalletButton /> },
  parameters: { wallets: () => [createWallet('Lantern')], isConnected: true },
  play: act(async ({ canvasElement }) => {
    await all(canvasElement, 'live', 'missing')
  }),
}

/** The node has the questions and does not answer. */
export const Loading: Story = {
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement }) => {
    await all(canvasElement, 'loading')
  }),
}

/** The line is gone: the amounts stay, marked; the card says it in words and offers to try again. */
export const Stale: Story = {
  parameters: { provider: { backoff: { baseMs: 60_000, capMs: 60_000 } } },
  play: act(async ({ canvasElement, canvas, line }) => {
    await all(canvasElement, 'live')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await all(canvasElement, 'stale')
    await expect(await canvas.findByRole('button', { name: 'Retry now' })).toBeVisible()
  }),
}

/** From live to stale and back nothing on the card moves. */
export const SameBox: Story = {
  parameters: { line: { http: 'hang', socket: 'hang' }, provider: { backoff: { baseMs: 60_000, capMs: 60_000 } } },
  decorators: [wide(320)],
  play: act(async ({ canvasElement, line }) => {
    const heights = () => {
      const parts = ['[data-lamp="wallet-card"]', 'dl', '[data-lamp="connection-status"]']
      return parts.map((part) => canvasElement.querySelector(part)?.getBoundingClientRect().height)
    }
    await all(canvasElement, 'loading')
    const loading = heights()
    line.mend()
    await all(canvasElement, 'live')
    await expect(heights()).toEqual(loading)
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await all(canvasElement, 'stale')
    await expect(heights()).toEqual(loading)
  }),
}

/** As narrow as it gets. */
export const Narrow: Story = {
  args: { explorer: 'devnet' },
  decorators: [wide(160)],
  play: act(async ({ canvasElement }) => {
    await all(canvasElement, 'live')
    const widget = widgetIn(canvasElement)
    await expect(widget.scrollWidth).toBeLessThanOrEqual(widget.clientWidth)
  }),
}

/** In Arabic. */
export const RightToLeft: Story = {
  args: { explorer: 'devnet' },
  decorators: [wide(320), spoken('ar')],
  play: act(async ({ canvasElement, canvas }) => {
    await all(canvasElement, 'live')
    await eventually(() => expect(canvas.getByText('مباشر')).toBeVisible())
  }),
}

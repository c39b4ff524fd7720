import type { Meta, StoryObj } from '@storybook/react-vite'
import { BalanceToasts, type BalanceToastsProps, TokenBalance } from 'lamplight/components'
import { expect } from 'storybook/test'
import { fund, setTokenBalance } from './support/ledger.js'
import { act, byHand, eventually, narrow, type Scene, spoken } from './support/scene.js'
import { some } from './support/token.js'

/** A page with a balance on it, and what is told of it. */
function Page({ loaded, ...toasts }: BalanceToastsProps & { readonly loaded: object }) {
  const { owner, mint } = loaded as Scene
  return (
    <div style={{ minBlockSize: 260 }}>
      <TokenBalance owner={owner} mint={mint} symbol="TKN" />
      <BalanceToasts owner={owner} tokens={[{ mint, symbol: 'TKN' }]} {...toasts} />
    </div>
  )
}

const meta = {
  title: 'Components/BalanceToasts',
  component: BalanceToasts,
  args: { batchDelayMs: 100, durationMs: Number.POSITIVE_INFINITY },
  loaders: some,
  render: (args, { loaded }) => <Page loaded={loaded} {...args} />,
} satisfies Meta<typeof BalanceToasts>
export default meta
type Story = StoryObj<typeof meta>

const told = (canvasElement: HTMLElement) =>
  [...canvasElement.querySelectorAll('[data-part="toast"]')].map(({ textContent }) => textContent)
const tells = (canvasElement: HTMLElement, ...texts: unknown[]) =>
  eventually(() => expect(told(canvasElement)).toEqual(texts))
const isLive = (canvasElement: HTMLElement) =>
  eventually(() => expect(canvasElement.querySelector('[data-state="live"]')).toHaveTextContent('1.5 TKN'))

/** What came and what went, of two balances. */
export const CameAndWent: Story = {
  play: act(async ({ canvasElement, owner, mint }) => {
    await isLive(canvasElement)
    await expect(told(canvasElement)).toEqual([])
    await fund(owner, 2_000_000_000n)
    await setTokenBalance(owner, mint, 500_000n)
    await eventually(() => expect(told(canvasElement)).toContain('−1 TKN sent'))
  }),
}

/** A hundred payments are one toast. */
export const Merged: Story = {
  args: { batchDelayMs: 500 },
  play: act(async ({ canvasElement, owner, mint }) => {
    await isLive(canvasElement)
    for (let i = 1n; i <= 100n; i++) await setTokenBalance(owner, mint, 1_500_000n + i * 10_000n)
    await tells(canvasElement, expect.stringMatching(/^\+1 TKN receivedIn \d+ changes$/))
  }),
}

/** Each is taken away by its button, with the keyboard. */
export const Dismissed: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent, owner, mint }) => {
    await isLive(canvasElement)
    await setTokenBalance(owner, mint, 2_500_000n)
    await tells(canvasElement, '+1 TKN received')
    canvas.getByRole('button', { name: 'Dismiss' }).focus()
    await userEvent.keyboard('{Escape}')
    await tells(canvasElement)
  }),
}

/** At another edge; start and end turn around with the page. */
export const AtTheStart: Story = { ...CameAndWent, args: { position: 'start-center' } }

/** On a small phone. */
export const Narrow: Story = { ...CameAndWent, decorators: [narrow] }

/** In a page that is written from right to left. */
export const Arabic: Story = {
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement, owner, mint }) => {
    await isLive(canvasElement)
    await setTokenBalance(owner, mint, 2_500_000n)
    await tells(canvasElement, 'تم استلام \u2068+1 TKN\u2069')
  }),
}

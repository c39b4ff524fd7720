import type { Meta, StoryObj } from '@storybook/react-vite'
import { BalanceSparkline, type BalanceSparklineProps } from 'lamplight/components'
import { expect } from 'storybook/test'
import { setTokenBalance } from './support/ledger.js'
import { act, asked, byHand, eventually, narrow, press, type Scene, shows, spoken, wide } from './support/scene.js'
import { some } from './support/token.js'

const AMOUNTS = [150n, 210n, 210n, 180n, 320n, 290n, 40n, 90n, 120n, 400n, 380n, 250n, 260n, 310n]
// Not among the args: a page of documentation writes those as JSON, which has no bigint.
const past = AMOUNTS.map((amount, i) => ({ amount: amount * 10_000n, atMs: Date.UTC(2026, 0, 1, 12, i) }))

const meta = {
  title: 'Components/BalanceSparkline',
  component: BalanceSparkline,
  args: { symbol: 'TKN', pollInterval: 250 },
  loaders: some,
  decorators: [wide(320)],
  render: ({ mint, owner, history = past, ...args }: BalanceSparklineProps, { loaded }) => {
    const scene = loaded as unknown as Scene
    return (
      <BalanceSparkline
        mint={mint === undefined ? scene.mint : mint}
        owner={owner === undefined ? scene.owner : owner}
        history={history}
        {...args}
      />
    )
  },
} satisfies Meta<typeof BalanceSparkline>
export default meta
type Story = StoryObj<typeof meta>

const drawn = (canvasElement: HTMLElement) => canvasElement.querySelector('svg[role="img"]') as SVGElement
const isDrawn = (canvasElement: HTMLElement, name: string | RegExp) =>
  eventually(() => expect(drawn(canvasElement)).toHaveAccessibleName(name))

/** One step for each change; it goes on as the ledger pays. */
export const Live: Story = {
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'live', '')
    await isDrawn(canvasElement, /^From 1\.5 TKN to 1\.5 TKN\. Lowest 0\.4 TKN, highest 4 TKN/)
    await setTokenBalance(owner, mint, 5_000_000n)
    await isDrawn(canvasElement, /to 5 TKN\. Lowest 0\.4 TKN, highest 5 TKN/)
  }),
}

/** It was mounted a moment ago, and nothing has changed since. */
export const NoChangeYet: Story = {
  args: { history: [] },
  play: act(async ({ canvasElement }) => isDrawn(canvasElement, '1.5 TKN. No change yet.')),
}

/** The same in numbers, for everybody who asks. */
export const AsATable: Story = {
  play: act(async ({ canvasElement, canvas }) => {
    await isDrawn(canvasElement, /^From 1\.5/)
    await press(canvas.getByRole('button', { name: 'The table of changes' }))
    await expect(canvas.getAllByRole('row')).toHaveLength(AMOUNTS.length + 2)
  }),
}

/** The table comes and goes with the keyboard. */
export const Keyboard: Story = {
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await isDrawn(canvasElement, /^From 1\.5/)
    canvas.getByRole('button', { name: 'The table of changes' }).focus()
    await userEvent.keyboard('{Enter}')
    await expect(canvas.getAllByRole('row')).toHaveLength(AMOUNTS.length + 2)
    await expect(canvas.getByText('−2.5 TKN')).toBeInTheDocument()
    await userEvent.keyboard('{Enter}')
    await expect(canvas.queryByRole('table')).toBeNull()
  }),
}

/** Nothing is known yet: a broken line of the final size holds the place. */
export const Loading: Story = {
  args: { history: [] },
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement, line }) => {
    const { height } = (await shows(canvasElement, 'loading', '')).getBoundingClientRect()
    line.mend()
    const figure = await shows(canvasElement, 'live', '')
    await expect(figure.getBoundingClientRect().height).toBe(height)
  }),
}

/** Nobody can be reached any more: the line is broken, and the mark says why. */
export const Stale: Story = {
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', '')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', '')
    await eventually(() => expect(asked(canvasElement)).toMatch(/out of date.*cannot be reached/))
  }),
}

/** Nothing was ever known. */
export const Failed: Story = {
  args: { history: [] },
  parameters: { line: { http: 'limited', socket: 'refused' } },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'error', '')
    await isDrawn(canvasElement, 'This balance could not be read.')
  }),
}

/** No wallet, so nothing to draw. */
export const Nobody: Story = {
  args: { owner: null, history: [] },
  play: act(async ({ canvasElement }) => void (await shows(canvasElement, 'idle', ''))),
}

/** In 160 px, with its table. */
export const Narrowest: Story = { ...AsATable, decorators: [wide(160)] }

/** In a page that is written from right to left; the line itself goes with time, from left to right. */
export const Arabic: Story = {
  decorators: [spoken('ar'), narrow],
  play: act(async ({ canvasElement, canvas }) => {
    await isDrawn(canvasElement, /الأدنى/)
    await press(canvas.getByRole('button', { name: 'جدول التغييرات' }))
  }),
}

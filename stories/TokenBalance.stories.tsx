import type { Meta, StoryObj } from '@storybook/react-vite'
import { TokenBalance } from 'lamplight/components'
import { type ReactNode, useEffect } from 'react'
import { expect } from 'storybook/test'
import { balanceArgTypes, mintArgType } from './support/balanceArgTypes.js'
import { setTokenBalance } from './support/ledger.js'
import { act, eventually, narrow, type Scene, shows, tokens } from './support/scene.js'

const U64_MAX = 18_446_744_073_709_551_615n
/** 1.5 TKN. */
const some = [tokens({ decimals: 6, amount: 1_500_000n })]
const many = [tokens({ decimals: 6, amount: 1_234_567_890_123n })]

const meta = {
  title: 'Components/TokenBalance',
  component: TokenBalance,
  args: { mint: undefined, symbol: 'TKN' },
  argTypes: { mint: mintArgType, ...balanceArgTypes },
  render: ({ mint, owner, ...args }, { loaded }) => {
    const scene = loaded as Scene
    return (
      <TokenBalance
        mint={mint === undefined ? scene.mint : mint}
        owner={owner === undefined ? scene.owner : owner}
        {...args}
      />
    )
  },
} satisfies Meta<typeof TokenBalance>
export default meta
type Story = StoryObj<typeof meta>

/** Pushed by the node, and proven to be so: a change on the ledger is on the screen a moment later. */
export const Live: Story = {
  loaders: some,
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    await setTokenBalance(owner, mint, 2_250_000n)
    await expect(await shows(canvasElement, 'live', '2.25 TKN')).not.toHaveAttribute('title')
  }),
}

/** Pays the owner a little, again and again. */
function Wages({ owner, mint, children }: Pick<Scene, 'owner' | 'mint'> & { children: ReactNode }) {
  useEffect(() => {
    let amount = 1_500_000n
    const pay = () => {
      amount += 10_000n
      setTokenBalance(owner, mint, amount).catch(console.error)
    }
    const timer = setInterval(pay, 700)
    return () => clearInterval(timer)
  }, [owner, mint])
  return children
}

/** Nobody touches the page; the ledger pays, and the balance moves. */
export const LiveAndMoving: Story = {
  loaders: some,
  decorators: [
    (Story, { loaded }) => {
      const { owner, mint } = loaded as Scene
      return (
        <Wages owner={owner} mint={mint}>
          <Story />
        </Wages>
      )
    },
  ],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /1\.5[1-9]/)
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
    await expect(await shows(canvasElement, 'polling', '3 TKN')).toHaveAttribute(
      'title',
      expect.stringMatching(/every/),
    )
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
    const widget = await shows(canvasElement, 'stale', '1.5 TKN')
    await eventually(() => expect(widget).toHaveAttribute('title', expect.stringMatching(/out of date.*429/)))
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
    const widget = await shows(canvasElement, 'stale', '1.5 TKN')
    await eventually(() => expect(widget).toHaveAttribute('title', expect.stringMatching(/could not be reached/)))
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

/** Nothing was ever known: no number is shown. */
export const ErrorRateLimited: Story = {
  loaders: some,
  parameters: { line: { http: 'limited', socket: 'refused' } },
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    await expect(widget).toHaveAttribute('title', expect.stringMatching(/429/))
  }),
}

/** The same, with nobody at the other end. */
export const ErrorUnreachable: Story = {
  loaders: some,
  parameters: { line: { http: 'refused', socket: 'refused' } },
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    await expect(widget).toHaveAttribute('title', expect.stringMatching(/could not be reached/))
  }),
}

/** The owner never had this token. The account is made later, and the balance is there. */
export const Missing: Story = {
  loaders: [tokens({ decimals: 6 })],
  play: act(async ({ canvasElement }) => {
    await expect(await shows(canvasElement, 'missing', 'No account')).toHaveAttribute('title')
  }),
}

/** The first tokens make the account, and it is followed from then on. */
export const MissingThenLive: Story = {
  loaders: [tokens({ decimals: 6 })],
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'missing', 'No account')
    await setTokenBalance(owner, mint, 1n)
    await shows(canvasElement, 'live', '0.000001 TKN')
  }),
}

/** An account with nothing in it: a 0 that the chain said. */
export const Zero: Story = {
  loaders: [tokens({ decimals: 6, amount: 0n })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '0 TKN')
  }),
}

/** The most that a token account can hold. No digit is lost. */
export const Huge: Story = {
  loaders: [tokens({ decimals: 9, amount: U64_MAX })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '18446744073.709551615 TKN')
  }),
}

/** The least that is not nothing. */
export const Tiny: Story = {
  loaders: [tokens({ decimals: 9, amount: 1n })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '0.000000001 TKN')
  }),
}

/** Grouping and decimal sign of a locale. */
export const FormattedLocale: Story = {
  args: { format: { locale: 'de' } },
  loaders: many,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.234.567,890123 TKN')
  }),
}

/** Shortened, and never rounded up to what the owner has not got. */
export const FormattedCompact: Story = {
  args: { format: { locale: 'en', compact: true } },
  loaders: many,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.2M TKN')
  }),
}

/** At most two digits after the point. */
export const FormattedMaxFraction: Story = {
  args: { format: { locale: 'en', maxFraction: 2 } },
  loaders: many,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1,234,567.89 TKN')
  }),
}

/** What two digits cannot show is not written as 0. */
export const FormattedTiny: Story = {
  args: { format: { maxFraction: 2 } },
  loaders: [tokens({ decimals: 9, amount: 1n })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '<0.01 TKN')
  }),
}

/** A mint of the other token program, with an extension: nothing has to be said about it. */
export const Token2022: Story = {
  loaders: [tokens({ decimals: 6, amount: 1_500_000n, transferFee: { basisPoints: 50, maximum: '5000' } })],
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    await setTokenBalance(owner, mint, 9_000_000n)
    await shows(canvasElement, 'live', '9 TKN')
  }),
}

/** The content drawn by a function; the element and its `data-state` stay. */
export const CustomContent: Story = {
  args: {
    children: ({ data }, state) => (
      <>
        <strong>{data ? data.text : '…'}</strong> <small>tokens, {state}</small>
      </>
    ),
  },
  loaders: some,
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'live', '1.5 tokens, live')
    await expect(canvas.getByText('1.5').tagName).toBe('STRONG')
  }),
}

/** The error names the argument and what is wrong with it; nothing is asked of the node. */
export const BadAddress: Story = {
  args: { mint: 'not-an-address' },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    await expect(widget).toHaveAttribute('title', expect.stringMatching(/^mint: "not-an-address" is not a Solana/))
  }),
}

/** An address, but of a program. */
export const NotAMint: Story = {
  args: { mint: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'error', 'Unavailable')
    await expect(widget).toHaveAttribute('title', expect.stringMatching(/is not a token mint/))
  }),
}

/** In a page that is written from right to left, with that language's digits. */
export const RightToLeft: Story = {
  args: { format: { locale: 'ar-EG' }, symbol: 'TKN' },
  loaders: many,
  decorators: [
    (Story) => (
      <p dir="rtl" lang="ar" style={{ margin: 0 }}>
        الرصيد: <Story />
      </p>
    ),
  ],
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'live', '١٬٢٣٤٬٥٦٧٫٨٩٠١٢٣ TKN')
    const mark = getComputedStyle(widget, '::after')
    await expect(mark.content).not.toBe('none')
  }),
}

/** A phone's width is enough for the longest amount. */
export const Narrow: Story = {
  loaders: [tokens({ decimals: 9, amount: U64_MAX })],
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'live', '18446744073.709551615 TKN')
    const { right, left } = widget.getBoundingClientRect()
    await expect(right - left).toBeLessThanOrEqual(320)
    await expect(widget.scrollWidth).toBeLessThanOrEqual(widget.clientWidth)
  }),
}

import type { Meta, StoryObj } from '@storybook/react-vite'
import { TokenBalance } from 'lamplight/components'
import { expect } from 'storybook/test'
import { act, narrow, shows, tokens } from './support/scene.js'
import { many, token } from './support/token.js'

const U64_MAX = 18_446_744_073_709_551_615n

const meta = { title: 'Components/TokenBalance/Formats', component: TokenBalance, ...token } satisfies Meta<
  typeof TokenBalance
>
export default meta
type Story = StoryObj<typeof meta>

/** The most that a token account can hold. No digit is lost. */
export const Huge: Story = {
  loaders: [tokens({ decimals: 9, amount: U64_MAX })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '18,446,744,073.709551615 TKN')
  }),
}

/** The least that is not nothing. */
export const Tiny: Story = {
  loaders: [tokens({ decimals: 9, amount: 1n })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '0.000000001 TKN')
  }),
}

/** Without the signs between thousands, as a person would type it. */
export const FormattedPlain: Story = {
  args: { format: { grouping: false } },
  loaders: many,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1234567.890123 TKN')
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
    const mark = widget.querySelector('[data-part="mark"]') as HTMLElement
    await expect(mark.getBoundingClientRect().right).toBeLessThan(widget.getBoundingClientRect().right - 20)
  }),
}

/** A phone's width is enough for the longest amount. */
export const Narrow: Story = {
  loaders: [tokens({ decimals: 9, amount: U64_MAX })],
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    const widget = await shows(canvasElement, 'live', '18,446,744,073.709551615 TKN')
    const { right, left } = widget.getBoundingClientRect()
    await expect(right - left).toBeLessThanOrEqual(320)
    await expect(widget.scrollWidth).toBeLessThanOrEqual(widget.clientWidth)
  }),
}

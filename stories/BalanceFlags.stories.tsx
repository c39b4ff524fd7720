import type { Meta, StoryObj } from '@storybook/react-vite'
import { TokenBalance } from 'lamplight/components'
import { expect } from 'storybook/test'
import { newAddress, setTokenBalance, type Terms } from './support/ledger.js'
import { act, asked, narrow, shows, spoken, tokens, wide } from './support/scene.js'
import { token } from './support/token.js'

const meta = { title: 'Components/TokenBalance/Marks', component: TokenBalance, ...token } satisfies Meta<
  typeof TokenBalance
>
export default meta
type Story = StoryObj<typeof meta>

/** Loader: 1.5 TKN of a mint of Token-2022, on such terms. */
const held = (terms: Terms, mint: Parameters<typeof tokens>[0] = {}) => [
  tokens({ decimals: 6, amount: 1_500_000n, program: 'token-2022', terms, ...mint }),
]
const delegate = { address: newAddress(), amount: '500000' }

/** The issuer has frozen the account; it is live all the same, and thaws live. */
export const Frozen: Story = {
  loaders: held({ frozen: true }),
  play: act(async ({ canvasElement, owner, mint }) => {
    const balance = await shows(canvasElement, 'live', '1.5 TKNFrozen')
    await expect(asked(canvasElement)).toBe(
      'Live – It is frozen: nothing can leave or enter it until the token’s issuer allows it.',
    )
    const { height } = balance.getBoundingClientRect()
    ;(document.activeElement as HTMLElement).blur()
    await setTokenBalance(owner, mint, 1_500_000n, { frozen: false })
    await shows(canvasElement, 'live', '1.5 TKN')
    await expect(balance.getBoundingClientRect().height).toBe(height)
  }),
}

/** The issuer has paused the whole token. */
export const Paused: Story = {
  loaders: held({}, { paused: true }),
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.5 TKNPaused')
    await expect(asked(canvasElement)).toMatch(/has paused it: nobody can move it right now/)
  }),
}

/** A part of it is encrypted: the amount is true, and not all there is. */
export const PartlyPrivate: Story = {
  loaders: held({ confidential: true }),
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.5 TKNPartly private')
    await expect(asked(canvasElement)).toMatch(/encrypted, and not in this amount/)
  }),
}

/** Somebody else may move a part of it. */
export const Delegated: Story = {
  loaders: held({ delegate }),
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.5 TKNDelegated')
    await expect(asked(canvasElement)).toMatch(/Somebody else may move 0\.5 of it/)
  }),
}

/** It stays with whom it was given to. */
export const NotTransferable: Story = {
  loaders: held({}, { nonTransferable: true }),
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', '1.5 TKNCannot be transferred')
  }),
}

const all = held({ frozen: true, confidential: true, delegate }, { paused: true, nonTransferable: true })

/** All of it at once. */
export const Everything: Story = {
  loaders: all,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /Frozen.*Paused.*Cannot be transferred.*Delegated.*Partly private/)
  }),
}

/** The same on a small phone. */
export const EverythingNarrow: Story = { ...Everything, decorators: [narrow] }

/** The same in 160 px: nothing sticks out. */
export const EverythingNarrowest: Story = {
  loaders: all,
  decorators: [wide(160)],
  play: act(async ({ canvasElement }) => {
    const balance = await shows(canvasElement, 'live', /Partly private/)
    await expect(balance.scrollWidth).toBeLessThanOrEqual(160)
  }),
}

/** In a page that is written from right to left. */
export const EverythingArabic: Story = {
  loaders: all,
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /مجمّد.*موقوف.*مفوَّض/)
  }),
}

/** Where it must not be a button, a screen reader gets the sentences all the same. */
export const NotAButton: Story = {
  args: { explain: false },
  loaders: held({ frozen: true }),
  play: act(async ({ canvasElement, canvas }) => {
    await shows(canvasElement, 'live', '1.5 TKNFrozen')
    await expect(canvas.queryByRole('button')).toBeNull()
    await expect(canvas.getByRole('img', { name: /It is frozen/ })).toBeVisible()
  }),
}

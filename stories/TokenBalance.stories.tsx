import type { Meta, StoryObj } from '@storybook/react-vite'
import { TokenBalance } from 'lamplight/components'
import { type ReactNode, useEffect } from 'react'
import { expect } from 'storybook/test'
import { setTokenBalance } from './support/ledger.js'
import { act, asked, eventually, type Scene, shows, tokens } from './support/scene.js'
import { some, token } from './support/token.js'

const meta = { title: 'Components/TokenBalance', component: TokenBalance, ...token } satisfies Meta<typeof TokenBalance>
export default meta
type Story = StoryObj<typeof meta>

/** Pushed by the node, and proven to be so: a change on the ledger is on the screen a moment later. */
export const Live: Story = {
  loaders: some,
  play: act(async ({ canvasElement, canvas, owner, mint }) => {
    await shows(canvasElement, 'live', '1.5 TKN')
    await setTokenBalance(owner, mint, 2_250_000n)
    await shows(canvasElement, 'live', '2.25 TKN')
    // All is well: nothing to stop at with the keyboard.
    await expect(canvas.queryByRole('button')).toBeNull()
    await expect(canvas.getByRole('img', { name: 'Live' })).toBeVisible()
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

/** The owner never had this token. The account is made later, and the balance is there. */
export const Missing: Story = {
  loaders: [tokens({ decimals: 6 })],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'missing', 'No account')
    await expect(asked(canvasElement)).toMatch(/no such account/)
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
    await shows(canvasElement, 'error', 'Unavailable')
    await expect(asked(canvasElement)).toMatch(/not set up correctly.*mint: "not-an-address" is not a Solana/)
  }),
}

/** An address, but of a program. */
export const NotAMint: Story = {
  args: { mint: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' },
  loaders: some,
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'error', 'Unavailable')
    await expect(asked(canvasElement)).toMatch(/not belong to a token.*is not a token mint/)
  }),
}

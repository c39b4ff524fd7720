import type { Meta, StoryObj } from '@storybook/react-vite'
import { TokenList, type TokenListProps } from 'lamplight/components'
import { useState } from 'react'
import { expect, within } from 'storybook/test'
import { createMint, createTokens, newAddress, setTokenBalance } from './support/ledger.js'
import { act, byHand, eventually, narrow, press, type Scene, shows, spoken, wide } from './support/scene.js'

/** Loader: an owner with so many tokens. */
const holds = (count: number) => async (): Promise<Partial<Scene> & { readonly mints: readonly string[] }> => {
  const owner = newAddress()
  const mints = count > 0 ? await createTokens(owner, count, { decimals: 2 }) : []
  const [mint = ''] = mints.sort()
  return { owner, mint, mints }
}

/** Loader: an owner of whose tokens each is special in another way. */
async function specials(): Promise<Partial<Scene> & { readonly mints: readonly string[] }> {
  const owner = newAddress()
  const make = async (mint: Parameters<typeof createMint>[0], ...held: [bigint, object?]) => {
    const made = await createMint({ decimals: 2, program: 'token-2022', ...mint })
    await setTokenBalance(owner, made, ...held)
    return made
  }
  const mints = await Promise.all([
    make({}, 12_500n, { frozen: true }),
    make({ paused: true }, 300n),
    make({ decimals: 0, program: 'token' }, 1n),
    make({}, 99_999n, { confidential: true }),
    make({ nonTransferable: true }, 100n),
    make({}, 4_200n, { delegate: { address: newAddress(), amount: '500' } }),
  ])
  return { owner, mint: mints[0] ?? '', mints }
}

const NAMES = [
  ['LAMP', 'Lamp oil'],
  ['WICK', 'Candle wick'],
  ['', 'A token whose name is longer than the room there is for any name of a token'],
  ['MOTH', ''],
  ['BADGE', 'Keeper of the light'],
  ['LENT', ''],
] as const

/** The list of the scene's owner; with names for the first of its tokens. */
function Named({ loaded, owner, ...list }: TokenListProps & { loaded: object }) {
  const { owner: own, mints } = loaded as Scene & { mints: readonly string[] }
  const [resolveToken] = useState(() => (mint: string) => {
    const [symbol, name] = NAMES[mints.indexOf(mint)] ?? []
    return symbol || name ? { symbol: symbol ?? '', name: name ?? '' } : null
  })
  return <TokenList resolveToken={resolveToken} owner={owner === undefined ? own : owner} {...list} />
}

const meta = {
  title: 'Components/TokenList',
  component: TokenList,
  args: { pollInterval: 250 },
  loaders: [holds(4)],
  render: (args, { loaded }) => <Named loaded={loaded} {...args} />,
} satisfies Meta<typeof TokenList>
export default meta
type Story = StoryObj<typeof meta>

const rowsIn = (canvasElement: HTMLElement) => [...canvasElement.querySelectorAll<HTMLElement>('[data-part="row"]')]
const boxOf = (element: Element | undefined) => element?.getBoundingClientRect() as DOMRect

/** Every token, live; the name is the token's own, or the app's. */
export const Live: Story = {
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'live', /LAMP.*Lamp oil.*0\.0\d/)
    await setTokenBalance(owner, mint, 123_456_789n)
    await shows(canvasElement, 'live', /1,234,567\.89/)
    await expect(rowsIn(canvasElement)).toHaveLength(4)
  }),
}

/** Nothing is known yet: rows hold the place. */
export const Loading: Story = {
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement }) => void (await shows(canvasElement, 'loading'))),
}

/** They have the size of what comes. */
export const LoadingThenLive: Story = {
  parameters: { line: { http: 'hang', socket: 'hang' } },
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'loading')
    const { height, width } = boxOf(rowsIn(canvasElement)[0])
    line.mend()
    await shows(canvasElement, 'live', /LAMP/)
    await expect(boxOf(rowsIn(canvasElement)[0])).toMatchObject({ height, width })
  }),
}

/** The socket is gone: the rows stay where they are, and what that means is said once. */
export const Polling: Story = {
  play: act(async ({ canvasElement, canvas, line }) => {
    const list = await shows(canvasElement, 'live', /LAMP/)
    const { height } = boxOf(list)
    line.fail({ socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'polling', /Refreshed every few seconds/)
    await expect(boxOf(list).height).toBe(height)
    await expect(canvas.queryAllByRole('button')).toEqual([])
  }),
}

/** Nobody can be reached any more. */
export const Stale: Story = {
  play: act(async ({ canvasElement, line }) => {
    await shows(canvasElement, 'live', /LAMP/)
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await shows(canvasElement, 'stale', /may be out of date/)
    await expect(rowsIn(canvasElement)).toHaveLength(4)
  }),
}

/** Nothing was ever known: no row is made up, and it can be tried again. */
export const ErrorRetried: Story = {
  parameters: { ...byHand, line: { http: 'refused', socket: 'refused' } },
  args: { pollInterval: false },
  play: act(async ({ canvasElement, canvas, line }) => {
    await shows(canvasElement, 'error', /could not be read.*cannot be reached/)
    line.mend()
    await press(canvas.getByRole('button', { name: 'Retry now' }))
    await eventually(() => expect(canvasElement.textContent).toMatch(/LAMP/))
  }),
}

/** What keeps a person from using all of a token is said in its row; one that there is only one of is a row as any other. */
export const Marked: Story = {
  loaders: [specials],
  play: act(async ({ canvasElement }) => {
    await eventually(() => expect(rowsIn(canvasElement)).toHaveLength(6))
    const said = ['Frozen', 'Paused', 'Partly private', 'Cannot be transferred', 'Delegated']
    for (const messages of said) await eventually(() => expect(canvasElement).toHaveTextContent(messages))
  }),
}
/** The same in 160 px. */
export const MarkedNarrowest: Story = {
  ...Marked,
  decorators: [wide(160)],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /Frozen/)
    const list = canvasElement.querySelector('[data-lamp="token-list"]') as HTMLElement
    await expect(list.scrollWidth).toBeLessThanOrEqual(list.clientWidth)
  }),
}

/** One of the two token programs could not be read: what is there is shown, and that there may be more. */
export const Incomplete: Story = {
  parameters: { line: { lists: 'token-2022 refused' } },
  play: act(async ({ canvasElement, canvas }) => {
    await eventually(() => expect(canvasElement).toHaveTextContent('Some tokens could not be read (Token-2022)'))
    await expect(rowsIn(canvasElement)).toHaveLength(4)
    await expect(canvas.getByRole('button', { name: 'Retry now' })).toBeVisible()
  }),
}

/** There is a wallet, and nothing in it. */
export const Empty: Story = {
  loaders: [holds(0)],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /There are no tokens here/)
  }),
}

/** Nobody is connected. */
export const Nobody: Story = {
  args: { owner: null },
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'idle', /No wallet is connected/)
  }),
}

/** Rows to choose from: one stop of the Tab key, and the arrow keys from there. */
export const Choose: Story = {
  args: { onSelect: () => {} },
  parameters: byHand,
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    await shows(canvasElement, 'live', /LAMP/)
    await userEvent.tab()
    const buttons = canvas.getAllByRole('button')
    await expect(buttons[0]).toHaveFocus()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}')
    await expect(buttons[2]).toHaveFocus()
    await userEvent.keyboard('{End}')
    await expect(buttons[3]).toHaveFocus()
    await userEvent.tab()
    await expect(buttons.some((button) => button === document.activeElement)).toBe(false)
  }),
}

const MANY = 2000
/** How often the rows of the list were drawn. */
const drawn = { count: 0 }

/** Two thousand tokens: the page holds those rows that can be seen, reads a hundred accounts in a request, and draws one row for a change. */
export const Many: Story = {
  args: {
    // On a slow machine it is polled before it is live.
    pollInterval: false,
    onSelect: () => {},
    children: ({ mint, text }) => {
      drawn.count++
      return (
        <>
          <span data-part="logo" aria-hidden="true" />
          <bdi dir="ltr">{mint.slice(0, 8)}</bdi>
          <span>{text}</span>
        </>
      )
    },
  },
  loaders: [holds(MANY)],
  parameters: byHand,
  play: act(async ({ canvasElement, userEvent, line, owner, mint }) => {
    await eventually(() => expect(rowsIn(canvasElement)[0]).toHaveAttribute('aria-setsize', String(MANY)))
    await eventually(() =>
      expect(boxOf(canvasElement.querySelector('ul') ?? undefined).height).toBeGreaterThan(50 * MANY),
    )
    await expect(rowsIn(canvasElement).length).toBeLessThan(40)
    await shows(canvasElement, 'live')
    // The mints, a hundred in a request, and the clock.
    await expect(line.requestsTried - line.listsTried).toBeLessThanOrEqual(MANY / 100 + 2)
    // One list a program to paint, one after the acknowledgement, and one where that was older than the socket's node.
    await expect(line.listsTried).toBeLessThanOrEqual(6)
    await eventually(async () => {
      const { count } = drawn
      await new Promise((resolve) => setTimeout(resolve, 200))
      await expect(drawn.count).toBe(count)
    })
    const before = { requests: line.requestsTried, drawn: drawn.count }
    await setTokenBalance(owner, mint, 987_654n)
    await eventually(() => expect(rowsIn(canvasElement)[0]).toHaveTextContent('9876.54'))
    await expect({ requests: line.requestsTried, drawn: drawn.count - 1 }).toEqual(before)
    await userEvent.tab()
    await userEvent.keyboard('{End}')
    await eventually(() => expect(document.activeElement?.parentElement).toHaveAttribute('aria-posinset', String(MANY)))
    await expect(rowsIn(canvasElement).length).toBeLessThan(40)
    const scroller = canvasElement.querySelector('[data-part="scroll"]') as HTMLElement
    // What has the focus stays, however far one scrolls away from it.
    const focused = document.activeElement
    scroller.scrollTo({ top: 0 })
    await eventually(() =>
      expect(rowsIn(canvasElement).map((row) => row.dataset.index)).toEqual(
        expect.arrayContaining(['0', String(MANY - 1)]),
      ),
    )
    await expect(document.activeElement).toBe(focused)
    await userEvent.keyboard('{Home}')
    await eventually(() => expect(document.activeElement?.parentElement).toHaveAttribute('aria-posinset', '1'))
  }),
}

/** As wide as a small phone, and half of that. */
export const Narrow: Story = {
  decorators: [narrow],
  play: act(async ({ canvasElement }) => {
    await shows(canvasElement, 'live', /LAMP/)
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth)
  }),
}
export const Narrowest: Story = {
  decorators: [wide(160)],
  play: act(async ({ canvasElement, owner, mint }) => {
    await shows(canvasElement, 'live', /LAMP/)
    await setTokenBalance(owner, mint, 2n ** 63n)
    await shows(canvasElement, 'live', /92,233,720,368,547,758\.08/)
    const list = canvasElement.querySelector('[data-lamp="token-list"]') as HTMLElement
    await expect(list.scrollWidth).toBeLessThanOrEqual(list.clientWidth)
  }),
}

/** In Arabic. */
export const RightToLeft: Story = {
  decorators: [spoken('ar')],
  play: act(async ({ canvasElement }) => {
    const list = await shows(canvasElement, 'live', /LAMP/)
    await eventually(() => expect(within(list).getByRole('list', { name: 'الرموز' })).toBeVisible())
    const [name, amount] = ['name', 'mark'].map((part) =>
      boxOf(list.querySelector(`[data-part="${part}"]`) ?? undefined),
    )
    await expect(name?.left).toBeGreaterThan(amount?.left ?? 0)
  }),
}

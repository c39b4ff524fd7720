import type { Meta, StoryObj } from '@storybook/react-vite'
import { ConnectionStatus, SolBalance, TokenBalance, WalletButton } from 'lamplight/components'
import { expect, within } from 'storybook/test'
import { balanceStates, Cell } from './support/gallery.js'
import { fund } from './support/ledger.js'
import { act, eventually, narrow, type Scene, tokens } from './support/scene.js'
import { createWallet } from './support/wallets.js'

/** Widgets among lines of text, each of which would be pushed away by one that grows. */
function Column({ owner, mint }: Pick<Scene, 'owner' | 'mint'>) {
  const widgets = {
    token: <TokenBalance owner={owner} mint={mint} symbol="TKN" pollInterval={250} />,
    sol: <SolBalance owner={owner} pollInterval={250} />,
    wallet: <WalletButton />,
    status: <ConnectionStatus />,
  }
  return (
    <div>
      {Object.entries(widgets).map(([name, widget]) => (
        <div key={name}>
          <div data-row={name}>{widget}</div>
          <div data-row={`below ${name}`}>A line of text below.</div>
        </div>
      ))}
    </div>
  )
}

const meta = {
  title: 'Overview/Boxes',
  component: Column,
  tags: ['!autodocs'],
  args: { owner: '', mint: '' },
  loaders: [
    async () => {
      const scene = await tokens({ decimals: 6, amount: 1_500_000n })()
      await fund(scene.owner as string, 2_500_000_000n)
      return scene
    },
  ],
  render: (_, { loaded }) => <Column {...(loaded as Scene)} />,
  decorators: [narrow],
  parameters: { controls: { disable: true } },
} satisfies Meta<typeof Column>
export default meta
type Story = StoryObj<typeof meta>

/** Looks at every frame: where each row was and how high, and which states there were. */
function watchRows(canvasElement: HTMLElement) {
  const boxes = new Map<string, Set<string>>()
  const states = new Set<string>()
  let frame = 0
  const look = () => {
    for (const row of canvasElement.querySelectorAll<HTMLElement>('[data-row]')) {
      const name = row.dataset.row ?? ''
      const { top, left, width, height } = row.getBoundingClientRect()
      boxes.set(name, (boxes.get(name) ?? new Set()).add([top, left, width, height].join(' ')))
      const state = row.querySelector<HTMLElement>('[data-lamp]')?.dataset.state
      if (state) states.add(`${name} ${state}`)
    }
    frame = requestAnimationFrame(look)
  }
  look()
  return {
    boxes,
    states,
    stop: () => cancelAnimationFrame(frame),
  }
}

/** From the skeleton to live, to out of date, to polled, and live again; a wallet that connects: no row moves, in any frame. */
export const NothingMoves: Story = {
  parameters: {
    line: { http: 'hang', socket: 'hang' },
    provider: { backoff: { baseMs: 60_000, capMs: 60_000 } },
    wallets: () => [createWallet('Lantern')],
  },
  play: act(async ({ canvasElement, canvas, userEvent, line }) => {
    const seen = watchRows(canvasElement)
    const are = (state: string) =>
      eventually(() => {
        const rows = ['token', 'sol'].map((name) => canvasElement.querySelector(`[data-row="${name}"] [data-lamp]`))
        return expect(rows.map((row) => row?.getAttribute('data-state'))).toEqual([state, state])
      })
    await are('loading')
    line.mend()
    await are('live')
    line.fail({ http: 'refused', socket: 'refused' })
    line.drop()
    await are('stale')
    line.fail({ socket: 'refused' })
    await are('polling')
    line.mend()
    await userEvent.click(canvas.getByRole('button', { name: 'Retry now' }))
    await are('live')
    await userEvent.click(canvas.getByRole('button', { name: 'Connect wallet' }))
    await userEvent.click(within(canvas.getByRole('dialog')).getByRole('button', { name: /Lantern/ }))
    await eventually(() => expect(canvas.getByRole('button', { name: /^Wallet/ })).toBeVisible())
    seen.stop()
    for (const [name, boxes] of seen.boxes) await expect({ name, boxes: [...boxes] }).toHaveProperty('boxes.length', 1)
    await expect([...seen.states]).toEqual(
      expect.arrayContaining(['token loading', 'token stale', 'sol polling', 'wallet none', 'wallet connected']),
    )
  }),
}

/** Those that no balance goes through one after the other, too: each state has the same box. */
export const EveryState: Story = {
  render: (_, { loaded }) => (
    <div className="gallery">
      {balanceStates.map((state) => (
        <Cell key={state} state={state} {...(loaded as Scene)}>
          {(owner) => (
            <div data-row={state}>
              <SolBalance owner={owner} pollInterval={250} />
            </div>
          )}
        </Cell>
      ))}
    </div>
  ),
  play: act(async ({ canvasElement }) => {
    const widgets = (lamp: string) => [...canvasElement.querySelectorAll<HTMLElement>(`[data-lamp="${lamp}"]`)]
    for (const lamp of ['token-balance', 'sol-balance']) {
      // A wallet that was never used has 0 SOL, and that is known.
      const states = balanceStates.map((state) => (lamp === 'sol-balance' && state === 'missing' ? 'live' : state))
      await eventually(() => expect(widgets(lamp).map(({ dataset }) => dataset.state)).toEqual(states))
      const heights = new Set(widgets(lamp).map((widget) => widget.getBoundingClientRect().height))
      await expect([...heights]).toEqual([expect.any(Number)])
    }
  }),
}

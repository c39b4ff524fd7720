import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { FaultsBoard } from './support/faultsBoard.js'
import { fund } from './support/ledger.js'
import { act, eventually, type Scene, tokens } from './support/scene.js'

const meta = {
  title: 'Faults/Board',
  component: FaultsBoard,
  tags: ['!autodocs'],
  args: {} as Scene,
  loaders: [
    async () => {
      const scene = await tokens({ decimals: 6, amount: 2_000_000n })()
      await fund(scene.owner as string, 2_500_000_000n)
      return scene
    },
  ],
  render: (_, { loaded }) => <FaultsBoard {...(loaded as Scene)} />,
  parameters: {
    controls: { disable: true },
    // Seconds instead of tens of seconds.
    provider: {
      backoff: { baseMs: 500, capMs: 4_000 },
      heartbeat: { probeAfterMs: 1_000, suspectAfterMs: 1_000, deadAfterMs: 3_000 },
    },
  },
} satisfies Meta<typeof FaultsBoard>
export default meta
type Story = StoryObj<typeof meta>

/** Press a fault, and watch what the widgets say. */
export const Board: Story = {}

/** Each of them, one after the other: the widgets say so, keep the amount, and come back. */
export const EachInTurn: Story = {
  play: act(async ({ canvasElement, canvas, userEvent }) => {
    const amount = () => canvasElement.querySelector<HTMLElement>('[data-lamp="token-balance"]')
    const is = (state: string, text: string) =>
      eventually(() =>
        expect({ state: amount()?.dataset.state, text: amount()?.textContent }).toEqual({
          state,
          text: expect.stringContaining(text),
        }),
      )
    const press = (name: string) => userEvent.click(canvas.getByRole('button', { name }))

    await is('live', '2 LAMP')
    await press('Answer 429')
    await is('stale', '2 LAMP')
    await press('Pay 1 LAMP on the ledger')
    await press('Make all well')
    await is('live', '3 LAMP')
    await press('Refuse sockets')
    await press('Pay 1 LAMP on the ledger')
    await is('polling', '4 LAMP')
    await press('Make all well')
    await is('live', '4 LAMP')
    await press('Say nothing')
    await eventually(() =>
      expect(canvasElement.querySelector('[data-lamp="connection-status"]')).toHaveAttribute('data-state', 'suspect'),
    )
    await press('Make all well')
    await press('Pay 1 LAMP on the ledger')
    await is('live', '5 LAMP')
  }),
}

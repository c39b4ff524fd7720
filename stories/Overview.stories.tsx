import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { balanceStates, Gallery } from './support/gallery.js'
import { act, eventually, type Scene, spoken } from './support/scene.js'
import { some } from './support/token.js'

const meta = {
  title: 'Overview/States',
  component: Gallery,
  args: { cell: '320px', owner: '', mint: '' },
  loaders: some,
  render: ({ cell }, { loaded }) => <Gallery {...(loaded as Scene)} cell={cell} />,
  parameters: { controls: { include: ['cell'] } },
} satisfies Meta<typeof Gallery>
export default meta
type Story = StoryObj<typeof meta>

const cells = (canvasElement: HTMLElement) => [...canvasElement.querySelectorAll<HTMLElement>('[data-cell]')]

/** Waits until each is in the state it is named after. */
const settled = (canvasElement: HTMLElement) =>
  eventually(async () => {
    const states = cells(canvasElement).map((cell) => cell.querySelector<HTMLElement>('[data-lamp]')?.dataset.state)
    await expect(states).toEqual(balanceStates)
  })

/** The different heights that a part has, over all states. */
const heightsOf = (canvasElement: HTMLElement, part: string) => [
  ...new Set(cells(canvasElement).map((cell) => cell.querySelector(part)?.getBoundingClientRect().height)),
]

/** Every state at once: each by its shape, its words and its colour. */
export const Everything: Story = {
  play: act(async ({ canvasElement }) => {
    await settled(canvasElement)
  }),
}

/** Between any two states nothing moves, from 160 px to wide. */
export const SameBox: Story = {
  play: act(async ({ canvasElement }) => {
    await settled(canvasElement)
    const gallery = canvasElement.querySelector('.gallery') as HTMLElement
    for (const width of [160, 240, 320, 480, 640]) {
      gallery.style.gridTemplateColumns = `${width}px`
      await expect({ width, balance: heightsOf(canvasElement, '[data-lamp="token-balance"]') }).toEqual({
        width,
        balance: [expect.any(Number)],
      })
      await expect({ width, status: heightsOf(canvasElement, '[data-lamp="connection-status"]') }).toEqual({
        width,
        status: [expect.any(Number)],
      })
      await expect(gallery.scrollWidth).toBeLessThanOrEqual(gallery.clientWidth)
    }
  }),
}

/** In German, whose words are long. */
export const German: Story = {
  args: { cell: '160px' },
  decorators: [spoken('de')],
  play: act(async ({ canvasElement, canvas }) => {
    await settled(canvasElement)
    await eventually(() => expect(canvas.getByText('Nicht verfügbar')).toBeVisible())
    await expect(canvas.getAllByText('1,5 TKN')).toHaveLength(3)
  }),
}

/** In Japanese. */
export const Japanese: Story = {
  decorators: [spoken('ja')],
  play: act(async ({ canvasElement, canvas }) => {
    await settled(canvasElement)
    await eventually(() => expect(canvas.getByText('取得できません')).toBeVisible())
  }),
}

/** In Arabic, from right to left. */
export const Arabic: Story = {
  decorators: [spoken('ar-EG')],
  play: act(async ({ canvasElement, canvas }) => {
    await settled(canvasElement)
    await eventually(() => expect(canvas.getByText('غير متاح')).toBeVisible())
    await expect(canvas.getAllByText('١٫٥ TKN')).toHaveLength(3)
  }),
}

import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { FreshnessList, freshnessRows } from './support/freshnessList.js'
import { act, eventually, type Scene } from './support/scene.js'
import { some } from './support/token.js'

const meta = {
  title: 'Freshness/Every state',
  component: FreshnessList,
  tags: ['!autodocs'],
  args: { owner: '', mint: '' },
  loaders: some,
  render: (_, { loaded }) => <FreshnessList {...(loaded as Scene)} />,
  parameters: { controls: { disable: true } },
} satisfies Meta<typeof FreshnessList>
export default meta
type Story = StoryObj<typeof meta>

/** Each state with what it means, drawn by a widget that is in it. */
export const EveryState: Story = {
  play: act(async ({ canvasElement }) => {
    await eventually(async () => {
      const widgets = canvasElement.querySelectorAll<HTMLElement>('[data-lamp="token-balance"]')
      await expect([...widgets].map(({ dataset }) => dataset.state)).toEqual(freshnessRows)
    })
  }),
}

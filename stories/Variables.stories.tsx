import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { ThemeTable, themeVariables } from './support/themeTable.js'

const meta = {
  title: 'Theming/Variables',
  component: ThemeTable,
  tags: ['!autodocs'],
  parameters: { controls: { disable: true } },
} satisfies Meta<typeof ThemeTable>
export default meta
type Story = StoryObj<typeof meta>

/** All there are, with what they are unless set, read from the style sheet. */
export const Variables: Story = {
  play: async ({ canvas }) => {
    await expect(themeVariables.length).toBeGreaterThan(15)
    await expect(themeVariables.length).toBeLessThanOrEqual(24)
    await expect(canvas.getByRole('row', { name: /--lamp-live #0b7a3b #4ade80/ })).toBeVisible()
  },
}

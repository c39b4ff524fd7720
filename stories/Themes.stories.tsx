import type { Meta, StoryObj } from '@storybook/react-vite'
import { WalletButton, WalletCard } from 'lamplight/components'
import { expect } from 'storybook/test'
import { fund } from './support/ledger.js'
import { act, eventually, type Scene, tokens } from './support/scene.js'
import { createWallet } from './support/wallets.js'
import './themes/midnight.css'
import './themes/paper.css'
import './themes/terminal.css'

const themes = ['none', 'paper', 'midnight', 'terminal']

/** A theme is a handful of CSS variables, on any element around the widgets. */
function Themes({ owner, mint }: Pick<Scene, 'owner' | 'mint'>) {
  return (
    <div className="gallery" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(16rem, 100%), 1fr))' }}>
      {themes.map((theme) => (
        <div key={theme} data-theme={theme}>
          <WalletCard
            owner={owner}
            tokens={[
              { mint, symbol: 'LAMP' },
              { mint: owner, symbol: 'NONE' },
            ]}
            action={<WalletButton />}
          />
        </div>
      ))}
    </div>
  )
}

const meta = {
  title: 'Overview/Themes',
  component: Themes,
  args: { owner: '', mint: '' },
  loaders: [
    async () => {
      const scene = await tokens({ decimals: 6, amount: 1_234_567_890n })()
      await fund(scene.owner as string, 2_500_000_000n)
      return scene
    },
  ],
  render: (_, { loaded }) => <Themes {...(loaded as Scene)} />,
  parameters: { wallets: () => [createWallet('Lantern')], controls: { disable: true } },
} satisfies Meta<typeof Themes>
export default meta
type Story = StoryObj<typeof meta>

/** Without one, and three examples: paper, midnight, terminal. */
export const Examples: Story = {
  play: act(async ({ canvasElement }) => {
    await eventually(() =>
      expect(canvasElement.querySelectorAll('[data-state="live"][data-lamp$="-balance"]')).toHaveLength(8),
    )
    await eventually(() => expect(canvasElement.querySelectorAll('[data-state="error"]')).toHaveLength(4))
    const surfaces = [...canvasElement.querySelectorAll('[data-lamp="wallet-card"]')].map(
      (card) => getComputedStyle(card).backgroundColor,
    )
    await expect(surfaces.slice(1, 3)).toEqual(['rgb(253, 248, 238)', 'rgb(17, 25, 54)'])
  }),
}

import { TokenBalance, type TokenBalanceProps } from 'lamplight/components'
import { balanceArgTypes, mintArgType } from './balanceArgTypes.js'
import { type Scene, tokens } from './scene.js'

/** 1.5 TKN. */
export const some = [tokens({ decimals: 6, amount: 1_500_000n })]
export const many = [tokens({ decimals: 6, amount: 1_234_567_890_123n })]

/** What the files of stories of `<TokenBalance>` share: the scene's token and owner, unless a story has others. */
export const token = {
  args: { mint: undefined, symbol: 'TKN' },
  argTypes: { mint: mintArgType, ...balanceArgTypes },
  render: ({ mint, owner, ...args }: TokenBalanceProps, { loaded }: { loaded: object }) => {
    const scene = loaded as Scene
    return (
      <TokenBalance
        mint={mint === undefined ? scene.mint : mint}
        owner={owner === undefined ? scene.owner : owner}
        {...args}
      />
    )
  },
}

'use client'

import { type ComponentProps, type ReactNode, useContext, useId } from 'react'
import type { Address, AddressInput } from '../base/address.js'
import { cleanSymbol } from '../base/cleanName.js'
import { OwnerContext } from '../react/balanceContext.js'
import type { Maybe } from '../react/parameters.js'
import type { FormatAmountOptions } from '../token/amount.js'
import { AddressLabel, type Explorer, shortOf } from './AddressLabel.js'
import { ConnectionStatus } from './ConnectionStatus.js'
import { useText } from './LamplightI18n.js'
import { SolBalance } from './SolBalance.js'
import { TokenBalance } from './TokenBalance.js'

/** One token on a `<WalletCard>`. */
export interface WalletCardToken {
  readonly mint: AddressInput
  /** Its name on the card. */
  readonly symbol: string
  readonly format?: FormatAmountOptions | undefined
}

/** What `<WalletCard>` takes: any attribute of a `<article>` beside these. */
export interface WalletCardProps extends Omit<ComponentProps<'article'>, 'children'> {
  /** Whose wallet; `null` for nobody's. @default the connected wallet */
  readonly owner?: Maybe<AddressInput>
  /** The tokens to show below SOL, in this order. @default none */
  readonly tokens?: readonly WalletCardToken[] | undefined
  /** Where the address is looked up. @default no link */
  readonly explorer?: Explorer | undefined
  /** Drawn beside the address: a `<WalletButton>`, say. @default nothing */
  readonly action?: ReactNode
}

/**
 * One wallet at a glance: its address, SOL, chosen tokens, and whether all that is live. It fits any width from 160 px,
 * and keeps its size while values come and go.
 * @example
 * <WalletCard
 *   tokens={[{ mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', symbol: 'USDC' }]}
 *   action={<WalletButton />}
 * />
 */
export function WalletCard({ owner, tokens = [], explorer, action, ...article }: WalletCardProps) {
  const { messages, attributes } = useText()
  const title = useId()
  const connected = useContext(OwnerContext)
  const shown = owner === undefined ? connected : owner
  return (
    <article
      data-lamp="wallet-card"
      data-state={shown ? 'connected' : 'none'}
      aria-labelledby={title}
      {...attributes}
      {...article}
    >
      <header>
        <h3 id={title}>{messages.wallet.card}</h3>
        {shown ? <AddressLabel address={shown} explorer={explorer} /> : <span>{messages.wallet.none}</span>}
        {action}
      </header>
      <dl>
        <Row name="SOL">
          <SolBalance owner={shown} symbol="" />
        </Row>
        {tokens.map(({ mint, symbol, format }) => (
          <Row key={String(mint)} name={cleanSymbol(symbol) || shortOf(String(mint) as Address)}>
            <TokenBalance owner={shown} mint={mint} format={format} />
          </Row>
        ))}
      </dl>
      <ConnectionStatus />
    </article>
  )
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>
        <bdi>{name}</bdi>
      </dt>
      <dd>{children}</dd>
    </div>
  )
}

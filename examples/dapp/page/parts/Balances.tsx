import { SolBalance, TokenBalance } from 'lamplight/components'
import type { ReactNode } from 'react'
import type { BotToken } from '../../bot.js'

const format = { locale: 'en' } as const
const PROGRAMS = { token: 'Token program', 'token-2022': 'Token-2022 program' } as const

/** The wallet's balances, each with its own mark of trust. */
export function Balances({
  owner,
  tokens,
}: {
  readonly owner: string | null
  readonly tokens: readonly BotToken[] | undefined
}) {
  // The bot's answer comes with the first money: before it there is nothing to show.
  const known = tokens ? owner : null
  return (
    <section className="balances" aria-labelledby="balances">
      <h2 id="balances">Balances</h2>
      <ul>
        <Card name="SOL" about="System program">
          <SolBalance owner={known} symbol="" format={format} pollInterval="fast" data-testid="SOL" />
        </Card>
        {(tokens ?? []).map(({ symbol, mint, program }) => (
          <Card key={mint} name={symbol} about={PROGRAMS[program]}>
            <TokenBalance owner={owner} mint={mint} format={format} pollInterval="fast" data-testid={symbol} />
          </Card>
        ))}
      </ul>
      <p className="legend" aria-hidden="true">
        <span data-mark="live">live</span>
        <span data-mark="polling">asked for every 2 s</span>
        <span data-mark="stale">may be out of date</span>
      </p>
    </section>
  )
}

function Card(props: { readonly name: string; readonly about: string; readonly children: ReactNode }) {
  return (
    <li className="card">
      <h3>
        {props.name} <small>{props.about}</small>
      </h3>
      {props.children}
    </li>
  )
}

import { type BalanceChange, type BalanceReason, type TargetInput, useBalanceStream } from 'lamplight'
import { formatAmount } from 'lamplight/core'
import { useMemo, useReducer } from 'react'
import type { BotToken } from '../../bot.js'

const SHOWN = 8
const ABOUT: Record<BalanceReason, string> = {
  stream: 'Pushed over the socket',
  'gap-fill': 'Read once after the connection came back',
  poll: 'Asked for, while the socket could not be trusted',
  audit: 'Found by the routine check',
  tab: 'Told by another tab',
}

interface Entry extends BalanceChange {
  readonly id: number
}

/** The last changes the kit accepted, newest first. */
export function Activity({
  owner,
  tokens,
}: {
  readonly owner: string | null
  readonly tokens: readonly BotToken[] | undefined
}) {
  const [entries, add] = useReducer(withChange, [])
  const targets = useMemo<readonly TargetInput[] | null>(
    () => (owner && tokens ? [{ owner }, ...tokens.map(({ mint }) => ({ owner, mint }))] : null),
    [owner, tokens],
  )
  useBalanceStream({ targets, onChange: add })
  return (
    <section className="activity" aria-labelledby="activity">
      <h2 id="activity">Last changes</h2>
      <ol>
        {entries.length === 0 && <li className="empty">Nothing has changed yet.</li>}
        {entries.map((entry) => (
          <Row key={entry.id} entry={entry} token={tokens?.find(({ mint }) => mint === entry.target.mint)} />
        ))}
      </ol>
    </section>
  )
}

const withChange = (entries: readonly Entry[], change: BalanceChange): readonly Entry[] =>
  [{ ...change, id: (entries[0]?.id ?? 0) + 1 }, ...entries].slice(0, SHOWN)

function Row({ entry, token }: { readonly entry: Entry; readonly token: BotToken | undefined }) {
  const { delta, slot, reason } = entry
  const amount = formatAmount(delta < 0n ? -delta : delta, token?.decimals ?? 9, { locale: 'en' })
  return (
    <li>
      <span className="delta" data-sign={delta < 0n ? 'minus' : 'plus'}>
        {`${delta < 0n ? '−' : '+'}${amount} ${token?.symbol ?? 'SOL'}`}
      </span>
      <span className="reason" data-reason={reason} title={ABOUT[reason]}>
        {reason}
      </span>
      <span className="slot">
        <span>slot </span>
        {slot.toLocaleString('en')}
      </span>
    </li>
  )
}

'use client'

import type { BalancePoint } from '../react/useBalanceHistory.js'
import type { BalanceState } from './balanceState.js'
import { type Text, useText } from './LamplightI18n.js'

/** A point with its amount as it is shown, in base units. */
export type ShownPoint = BalancePoint
type Write = (amount: bigint) => string

/** The same as the drawing, the newest first: when, how much, and what came or went. */
export function ChangeTable(props: {
  readonly id: string
  readonly points: readonly ShownPoint[]
  readonly write: Write
}) {
  const { id, points, write } = props
  const { messages, formatTime } = useText()
  const { history } = messages
  const rows = points.map((point, i) => ({
    ...point,
    delta: i > 0 ? point.amount - (points[i - 1]?.amount ?? 0n) : null,
  }))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reached by the keyboard.
    <section id={id} data-part="table" tabIndex={0} aria-label={history.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">{history.time}</th>
            <th scope="col">{history.balance}</th>
            <th scope="col">{history.change}</th>
          </tr>
        </thead>
        <tbody>
          {rows.reverse().map(({ atMs, amount, delta }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two changes may be of the same moment and amount.
            <tr key={i}>
              <td>
                <time dateTime={new Date(atMs).toISOString()}>{formatTime(atMs)}</time>
              </td>
              <td>
                <bdi>{write(amount)}</bdi>
              </td>
              <td>
                <bdi>{delta === null ? '–' : signed(delta, write)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** A change with its sign, as it is read: + and a true minus. */
export const signed = (delta: bigint, write: Write): string => (delta < 0n ? `−${write(-delta)}` : `+${write(delta)}`)

/** The drawing in words. */
export function summaryOf(
  points: readonly ShownPoint[],
  write: Write,
  state: BalanceState,
  { messages, numbers }: Pick<Text, 'messages' | 'numbers'>,
): string {
  const [from, to] = [points[0], points.at(-1)]
  if (!from || !to) return state === 'error' ? messages.balance.error : messages.balance.loading
  const { lowest, highest } = rangeOf(points)
  if (points.length === 1) return `${write(to.amount)}. ${messages.history.none}`
  return messages.history.summary({
    from: write(from.amount),
    to: write(to.amount),
    lowest: write(lowest),
    highest: write(highest),
    count: (points.length - 1).toLocaleString(numbers),
  })
}

function rangeOf(points: readonly ShownPoint[]) {
  let [lowest, highest] = [points[0]?.amount ?? 0n, points[0]?.amount ?? 0n]
  for (const { amount } of points) {
    if (amount < lowest) lowest = amount
    if (amount > highest) highest = amount
  }
  return { lowest, highest }
}

const SIZE = 100
const FINE = 1000n

/** One step for each value, all as wide, from the lowest (bottom) to the highest (top), in a box of 100 by 100. */
export function stepsOf(points: readonly ShownPoint[]): string {
  const { lowest, highest } = rangeOf(points)
  const heightOf = (amount: bigint) =>
    highest === lowest
      ? SIZE / 2
      : SIZE - Number(((amount - lowest) * BigInt(SIZE) * FINE) / (highest - lowest)) / Number(FINE)
  const width = SIZE / Math.max(points.length, 1)
  const steps = points.map(
    ({ amount }, i) => `${i > 0 ? 'V' : 'M0 '}${heightOf(amount)}H${+((i + 1) * width).toFixed(2)}`,
  )
  return steps.join('') || `M0 ${SIZE / 2}H${SIZE}`
}

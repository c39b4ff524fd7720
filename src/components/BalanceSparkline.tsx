'use client'

import { type ComponentProps, type ReactNode, useContext, useId, useRef, useState } from 'react'
import type { AddressInput } from '../base/address.js'
import { messageOf } from '../base/check.js'
import { amountWithName } from '../base/cleanName.js'
import { OwnerContext } from '../react/balanceContext.js'
import { type Maybe, type ReadResult, useAddress, valueIn } from '../react/parameters.js'
import { type BalancePoint, useBalanceHistory } from '../react/useBalanceHistory.js'
import { useSolBalance } from '../react/useSolBalance.js'
import { type UseTokenBalanceParameters, useTokenBalance } from '../react/useTokenBalance.js'
import { type FormatAmountOptions, formatAmount } from '../token/amount.js'
import type { SolBalance, TokenBalance } from '../token/balance.js'
import { type BalanceState, balanceStateOf } from './balanceState.js'
import { ChangeTable, type ShownPoint, stepsOf, summaryOf } from './ChangeTable.js'
import { Icon } from './Icon.js'
import { useFormat, useText } from './LamplightI18n.js'
import { StatusDot } from './StatusDot.js'
import { sayingOf, useHeldError } from './useHeldError.js'

/** What `<BalanceSparkline>` takes: a target, what to draw of it, and any attribute of a `<figure>`. */
export interface BalanceSparklineProps
  extends Omit<ComponentProps<'figure'>, 'children'>,
    Pick<UseTokenBalanceParameters, 'owner' | 'commitment' | 'pollInterval' | 'stream'> {
  /** Left out, SOL; `null` disables. @default SOL */
  readonly mint?: Maybe<AddressInput>
  /** Written after the amounts. @default SOL for SOL, nothing for tokens */
  readonly symbol?: string | undefined
  /** How the amounts are written. @default exact, with the signs of `<LamplightI18n>`’s locale */
  readonly format?: FormatAmountOptions | undefined
  /** How many values are drawn, the newest. @default 120 values */
  readonly points?: number | undefined
  /** What was before the component was mounted, oldest first; read once. @default nothing */
  readonly history?: readonly BalancePoint[] | undefined
  /** Whether there is a button that opens the changes as a table. @default true */
  readonly table?: boolean | undefined
  /** Whether the mark is a button that says why. Turn it off inside a button or a link. @default true */
  readonly explain?: boolean | undefined
  /** Draws the line instead; the element, its state, its mark and its table stay. */
  readonly children?: ((points: readonly BalancePoint[], state: BalanceState) => ReactNode) | undefined
}

/**
 * What a balance has been since the component was mounted: one step for each change, because a balance does not slope. The
 * same is said in words, and in a table on demand. Where the balance may be out of date the line is broken and a mark says why.
 * @example
 * <BalanceSparkline mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" symbol="USDC" points={60} />
 */
export function BalanceSparkline(props: BalanceSparklineProps) {
  return props.mint === undefined ? <SolSparkline {...props} /> : <TokenSparkline {...props} mint={props.mint} />
}

function SolSparkline({ symbol = 'SOL', ...props }: BalanceSparklineProps) {
  const { owner, commitment, pollInterval, stream } = props
  const result = useSolBalance({ owner, commitment, pollInterval, stream })
  return <Sparkline {...props} symbol={symbol} result={result} unitsOf={unitsOfSol} />
}
function TokenSparkline(props: BalanceSparklineProps & { readonly mint: Maybe<AddressInput> }) {
  const { owner, mint, commitment, pollInterval, stream } = props
  const result = useTokenBalance({ owner, mint, commitment, pollInterval, stream })
  return <Sparkline {...props} result={result} unitsOf={unitsOfToken} />
}

interface Units {
  readonly amount: bigint
  /** What is shown for it. */
  readonly shown: bigint
  readonly decimals: number
}
const unitsOfSol = ({ lamports }: SolBalance): Units => ({ amount: lamports, shown: lamports, decimals: 9 })
const unitsOfToken = ({ amount, uiAmount: shown, decimals }: TokenBalance): Units => ({ amount, shown, decimals })

interface Value {
  readonly exists: boolean
  readonly verifiedAt: number
  readonly verifiedMs: number
  readonly observedAt: number
}

function Sparkline<T extends Value>(
  props: BalanceSparklineProps & { readonly result: ReadResult<T>; readonly unitsOf: (data: T) => Units },
) {
  const {
    owner,
    mint,
    commitment,
    pollInterval,
    stream,
    points: max = 120,
    history = NONE,
    table = true,
    ...rest
  } = props
  const { result, unitsOf, symbol, explain, children, format: given, ...figure } = rest
  const text = useText()
  const format = useFormat(given)
  const state = balanceStateOf(result)
  const error = useHeldError(result, state)
  const units = result.data && unitsOf(result.data)
  const target = useTarget(owner, mint)
  const held = result.data && units && { amount: units.amount, atMs: result.data.observedAt }
  const points = useBalanceHistory({ ...target, commitment, max: Math.max(max, 1), initial: history, held })
  const shown = useShown(points, units)
  const write = (amount: bigint) => amountWithName(formatAmount(amount, units?.decimals ?? 0, format), symbol)
  return (
    <figure data-lamp="balance-sparkline" data-state={state} {...text.attributes} {...figure}>
      {children ? children(points, state) : <Line points={shown} label={summaryOf(shown, write, state, text)} />}
      <StatusDot
        isQuiet={state === 'live' || state === 'loading' || state === 'idle'}
        isMute={state === 'idle'}
        isButton={explain}
        say={(now) => sayingOf({ data: result.data, error }, state, text, now)}
        detail={error ? messageOf(error) : undefined}
      />
      {table && <Table points={shown} write={write} />}
    </figure>
  )
}
const NONE: readonly BalancePoint[] = []

function Table({
  points,
  write,
}: {
  readonly points: readonly ShownPoint[]
  readonly write: (amount: bigint) => string
}) {
  const { messages } = useText()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={messages.history.table}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="table" />
      </button>
      {isOpen && <ChangeTable id={id} points={points} write={write} />}
    </>
  )
}

/** The line alone; `vector-effect` keeps it as thick as it is, however wide it is drawn. */
function Line({ points, label }: { readonly points: readonly ShownPoint[]; readonly label: string }) {
  return (
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={stepsOf(points)} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

function useTarget(owner: BalanceSparklineProps['owner'], mint: BalanceSparklineProps['mint']) {
  const connected = useContext(OwnerContext)
  const [checkedOwner, checkedMint] = [
    useAddress(owner === undefined ? connected : owner, 'owner'),
    useAddress(mint, 'mint'),
  ]
  const isUsable = checkedOwner.type === 'ready' && (mint === undefined || checkedMint.type === 'ready')
  return {
    owner: isUsable ? valueIn(checkedOwner) : null,
    mint: checkedMint.type === 'ready' ? checkedMint.value : undefined,
  }
}

/** All of it at today's rate, where the amount shown is not the amount held: no step is drawn that was no change. */
function useShown(points: readonly BalancePoint[], units: Units | undefined): readonly ShownPoint[] {
  const rate = useRef<readonly [shown: bigint, amount: bigint]>([1n, 1n])
  if (units && units.amount > 0n) rate.current = [units.shown, units.amount]
  const [shown, amount] = rate.current
  return points.map((point) => ({ ...point, amount: (point.amount * shown) / amount }))
}

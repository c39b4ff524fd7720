import { QueryObserver, type QueryObserverOptions } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import type { Commitment } from '../../token/account.js'
import { type AccountRecord, type ShownMint, solBalanceOf, tokenBalanceOf } from '../../token/balance.js'
import type { Freshness } from '../accounts/connectionStatus.js'
import { type AccountClient, accountOfTarget } from './accountClient.js'
import { type AccountObserver, type AccountQueryOptions, createAccountObserver } from './accountObserver.js'
import { type Balance, type BalanceResult, idleQuery, withFreshness, worstOf } from './balanceResult.js'
import type { ChainTimes } from './chainTimes.js'
import { followTarget } from './followTarget.js'
import { mintObserverOptions } from './sharedMint.js'
import { accountOptions, ownRecordsOf, type Target, type UsedMint } from './targets.js'

/** How balances are observed, checked and complete. */
export interface ObserverSettings {
  readonly commitment: Commitment
  /** How often to ask while a value is not live, in milliseconds; `Infinity` for never. */
  readonly pollMs: number
  /** Whether the interval goes by the wallet's activity. */
  readonly isAuto: boolean
  /** Whether to be told of changes over the socket. */
  readonly stream: boolean
  readonly enabled: boolean
}

/** What the targets of one observer share. */
export interface TargetParts {
  readonly client: AccountClient
  readonly settings: ObserverSettings
  readonly mintAt: (mint: Address) => AccountObserver<UsedMint>
  readonly chainTimes: ChainTimes
}

/** One target as it is observed. */
export interface TargetObserver {
  readonly result: BalanceResult
  /** How its text goes by the chain's time. */
  readonly display: ShownMint['display']
  /** Brings `result` up to date; whether it is another one now. */
  refresh(isFreshnessDue: boolean): boolean
  /** Reads, follows and polls until the returned function is called. */
  start(onChange: () => void): () => void
}

/** Makes an observer of one mint, for all targets that have it: asked for until it is known, and on where somebody can change it. */
export function createMintObserver(
  client: AccountClient,
  settings: ObserverSettings,
  mint: Address,
): AccountObserver<UsedMint> {
  const request = { address: mint, commitment: settings.commitment }
  const options = mintObserverOptions(client, mint, settings) as AccountQueryOptions<UsedMint>
  return createAccountObserver(client, { pollMs: settings.pollMs, auto: undefined }, () => ({ request, options }))
}

/** Makes an observer of one target. */
export function createTargetObserver(parts: TargetParts, target: Target): TargetObserver {
  const { client, settings, chainTimes } = parts
  const { commitment, enabled, pollMs, stream } = settings
  const mint = target.mint && parts.mintAt(target.mint)
  let known = mint?.result.data
  let seconds = secondsNow()
  let isDirty = false
  const polling = { pollMs, auto: settings.isAuto ? target.owner : undefined }
  const account = createAccountObserver<Balance>(client, polling, () => {
    const request = { address: accountOfTarget(client, target, known), commitment }
    const isReady = !mint || known !== undefined
    const options = { ...accountOptions(client, request.address, commitment), enabled: enabled && isReady }
    return { request, options: { ...options, select: selectOf(target, request.address, known, seconds) } }
  })
  let result = resultNow()

  function secondsNow() {
    return known ? chainTimes.secondsOf(known.display) : 0
  }
  function freshnessNow(): Freshness {
    const ofMint = known && mint && !known.isSettled ? mint.freshness : 'live'
    return worstOf([account.freshness, ofMint, known && !chainTimes.isKnown(known.display) ? 'stale' : 'live'])
  }
  /** Until the mint is known its query is the one in charge: pending, failed, or wrong. */
  function resultNow(): BalanceResult {
    const inCharge = mint && !known ? mint.result : account.result
    const freshness = freshnessNow()
    return withFreshness(inCharge, () => freshness) as BalanceResult
  }
  function look(isFreshnessDue: boolean) {
    const before = { known, seconds }
    known = mint?.result.data
    seconds = secondsNow()
    if (known !== before.known || seconds !== before.seconds) {
      isDirty = true
      account.reshape()
    } else if (isFreshnessDue) account.judge()
  }
  return {
    get result() {
      return result
    },
    get display() {
      return known?.display ?? null
    },
    refresh(isFreshnessDue) {
      look(isFreshnessDue)
      const wasDirty = isDirty
      isDirty = false
      if (!wasDirty && result.freshness === freshnessNow()) return false
      result = resultNow()
      return true
    },
    start(onChange) {
      const tell = (isAbout: () => boolean) => () => {
        isDirty ||= isAbout()
        onChange()
      }
      const stops = [mint?.start(tell(() => !known)), account.start(tell(() => true))]
      if (enabled) stops.push(followTarget(client, target, commitment, { stream }))
      return () => {
        for (const stop of stops) stop?.()
      }
    },
  }
}

const stale = () => 'stale' as const

function selectOf({ owner }: Target, address: Address, known: ShownMint | undefined, seconds: number) {
  const own = ownRecordsOf(address)
  return (value: AccountRecord): Balance =>
    known ? tokenBalanceOf(owner, known, own(value), seconds) : solBalanceOf(own(value))
}

/** Makes an observer that only ever gives this error: what a target that makes no sense gets. */
export function createFailedObserver(client: AccountClient, error: LamplightError): TargetObserver {
  const query = new QueryObserver<unknown, LamplightError, Balance>(
    client.queryClient,
    idleQuery(client, error) as QueryObserverOptions<unknown, LamplightError, Balance>,
  )
  const resultNow = () => withFreshness(query.trackResult(query.getCurrentResult()), stale)
  let isDirty = false
  let result = resultNow()
  return {
    get result() {
      return result
    },
    display: null,
    refresh() {
      const wasDirty = isDirty
      isDirty = false
      if (wasDirty) result = resultNow()
      return wasDirty
    },
    start: (onChange) =>
      query.subscribe(() => {
        isDirty = true
        onChange()
      }),
  }
}

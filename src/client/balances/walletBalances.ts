import { type Address, NATIVE_MINT, type TokenProgram } from '../../base/address.js'
import { requestsOfWallet } from '../../cache/walletRecord.js'
import type { AccountRecord, ShownMint, TokenBalance } from '../../token/balance.js'
import type { Freshness } from '../accounts/connectionStatus.js'
import type { AccountClient } from './accountClient.js'
import type { ClockTick } from './chainTime.js'
import { createChainTimes } from './chainTimes.js'
import { combinedBalanceOf } from './combinedBalance.js'
import { type HeldTokensOf, holdTokens } from './heldTokens.js'
import { createUsedMints } from './usedMints.js'

/** Whose balances, and which of them. */
export interface WalletBalancesOf extends HeldTokensOf {
  /** Whether mints of which the owner has nothing are shown too. */
  readonly includeZero: boolean
  /** Whether to be told of changes over the socket. */
  readonly stream: boolean
}

/** Every balance of a wallet, made of the entries in the cache. */
export interface WalletBalances {
  /**
   * Wrapped SOL first, then by the mints' addresses, so that nothing moves when amounts do; the same array while nothing
   * has changed. `undefined` while the mints of the first list are being read.
   */
  now(): readonly TokenBalance[] | undefined
  /** How far each can be trusted that goes by more than the list. */
  freshness(pollMs: number): readonly Freshness[]
  /** The programs of mints that could not be read. */
  readonly failing: readonly TokenProgram[]
  /** Reads again what could not be read, and what may be old. */
  refresh(): void
  /** Follows accounts one by one where the node allows nothing better; where it does, no more. */
  followSingly(): void
  stop(): void
}

interface Made {
  readonly mint: ShownMint
  readonly atSeconds: number
  readonly balance: TokenBalance
}

/** Of a node that does not tell of all accounts of an owner, this many are followed one by one, for each program. */
const MAX_FOLLOWED = 100

/** Starts to make them; `changed` is called when something may be another now, `lost` when an account left that may still be there. */
export function createWalletBalances(
  client: AccountClient,
  settings: WalletBalancesOf,
  clockTick: ClockTick,
  changed: () => void,
  lost: () => void,
): WalletBalances {
  const { owner, commitment, includeZero, stream } = settings
  const made = new Map<Address, Made>()
  const single = new Map<Address, () => void>()
  let shown: readonly TokenBalance[] | undefined
  const forget = (mint: Address) => {
    made.delete(mint)
    changed()
  }
  const mints = createUsedMints(client, settings, forget)
  const chainTimes = createChainTimes(client, commitment, clockTick, changed)
  const held = holdTokens(client, settings, forget, lost)

  const isShown = (records: readonly AccountRecord[]) =>
    includeZero || records.some(({ token }) => token && (token.amount > 0n || token.confidential))
  function balanceOf(mint: ShownMint, records: readonly AccountRecord[]): TokenBalance {
    const atSeconds = chainTimes.secondsOf(mint.display)
    const before = made.get(mint.address)
    if (before?.mint === mint && before.atSeconds === atSeconds) return before.balance
    const associated = () => client.associatedAddress(owner, mint.address, mint.program)
    const balance = combinedBalanceOf({ owner, mint, records, atSeconds, associated })
    made.set(mint.address, { mint, atSeconds, balance })
    return balance
  }
  function followSingly() {
    const refused = stream ? requestsOfWallet({ address: owner, commitment }).filter(client.isRefused) : []
    const wanted = new Set<Address>()
    for (const { tokens } of refused) {
      const records = [...held.byMint.values()].flatMap((accounts) => [...accounts.values()])
      const own = records.filter(({ token }) => token?.program === tokens).map(({ address }) => address)
      for (const address of own.sort().slice(0, MAX_FOLLOWED)) wanted.add(address)
    }
    for (const [address, stop] of single) if (!wanted.has(address) && single.delete(address)) stop()
    for (const address of wanted)
      if (!single.has(address)) single.set(address, client.followAccount({ address, commitment }))
  }

  const displays = () => [...made.values()].flatMap(({ mint: { display } }) => display ?? [])
  const failing = new Set<TokenProgram>()
  return {
    now() {
      failing.clear()
      const balances: TokenBalance[] = []
      let isReading = false
      for (const [address, accounts] of held.byMint) {
        const records = [...accounts.values()]
        if (!isShown(records)) continue
        const mint = mints.use(address)
        if (mint === 'reading') isReading = true
        else if (mint === 'failed') failing.add(programOf(records))
        else if (mint !== 'none') balances.push(balanceOf(mint, records))
      }
      chainTimes.want(displays())
      // Later ones come when their mints do; only the first list waits to be whole.
      if (!shown && isReading) return undefined
      balances.sort((a, b) => compare(a.mint, b.mint))
      if (!shown || balances.length !== shown.length || balances.some((each, i) => each !== shown?.[i]))
        shown = balances
      return shown
    },
    freshness: (pollMs) => [
      ...mints.changeable.map((address) => client.freshness({ address, commitment }, pollMs)),
      ...(displays().every(chainTimes.isKnown) ? [] : (['stale'] as const)),
    ],
    get failing() {
      return [...failing]
    },
    refresh: mints.refresh,
    followSingly,
    stop() {
      chainTimes.want([])
      for (const each of [held.stop, mints.stop, ...single.values()]) each()
    },
  }
}

const programOf = ([first]: readonly AccountRecord[]): TokenProgram => first?.token?.program ?? 'token'

function compare(a: Address, b: Address): number {
  if (a === NATIVE_MINT || b === NATIVE_MINT) return a === NATIVE_MINT ? -1 : 1
  return a < b ? -1 : 1
}

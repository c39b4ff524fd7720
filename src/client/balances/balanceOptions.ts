import { hashKey, type Query, type QueryKey } from '@tanstack/query-core'
import { type Address, type AddressInput, address, CLOCK } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import { laterError } from '../../base/laterErrors.js'
import type { Commitment } from '../../token/account.js'
import {
  type AccountRecord,
  isRecord,
  mintOf,
  type SolBalance,
  solBalanceOf,
  type TokenBalance,
  tokenBalanceOf,
} from '../../token/balance.js'
import { chainMsOf } from '../../token/chainClock.js'
import type { AccountClient } from './accountClient.js'
import { accountOfTarget, cachedMint } from './accountClient.js'
import { accountOptions, clockOptions, mintOptions, ownRecordsOf } from './targets.js'

type Options = ReturnType<typeof accountOptions>

/** Whose SOL, and how sure the cluster has to be of it. */
export interface SolBalanceOptionsParameters {
  readonly owner: AddressInput
  /** @default the client's */
  readonly commitment?: Commitment | undefined
}
/** Whose balance of which mint, and how sure the cluster has to be of it. */
export interface TokenBalanceOptionsParameters extends SolBalanceOptionsParameters {
  readonly mint: AddressInput
}

/**
 * One owner's SOL as options for TanStack Query: for `useSuspenseQuery`, `prefetchQuery` and a router's loader. The entry
 * in the cache is the account's own, the one `useSolBalance` shows; `select` makes a balance of it.
 * @throws LamplightError `input/invalid-address`
 * @example
 * const { data } = useSuspenseQuery(solBalanceOptions(client, { owner }))
 * return <p>{data.text} SOL</p>
 */
export function solBalanceOptions(client: AccountClient, { owner, commitment }: SolBalanceOptionsParameters) {
  const account = address(owner, 'owner')
  const own = ownRecordsOf(account)
  const options = accountOptions(client, account, commitment ?? client.commitment)
  return { ...options, select: (record: AccountRecord): SolBalance => solBalanceOf(own(record)) }
}

/**
 * One owner's balance of one mint as options for TanStack Query: for `useSuspenseQuery`, `prefetchQuery` and a router's
 * loader. There is no entry of its own that could grow old: cached are the mint and the account, each once, as
 * `useTokenBalance` shows them. While the mint is unknown the options ask for it, and for the account along with it; from
 * then on for the account. Where interest or a scheduled multiplier goes by the chain's time, that is read along as well.
 * Whatever was fetched, `select` makes the balance of it, as of the moment it is called.
 * @throws LamplightError `input/invalid-address`; `select`: `account/no-mint`, `account/not-mint`, `account/not-token`, or why the
 * account could not be read
 * @example
 * const options = tokenBalanceOptions(client, { owner, mint })
 * const { text, exists } = options.select(await queryClient.fetchQuery(options))
 */
export function tokenBalanceOptions(client: AccountClient, parameters: TokenBalanceOptionsParameters) {
  const { commitment = client.commitment } = parameters
  const target = { owner: address(parameters.owner, 'owner'), mint: address(parameters.mint, 'mint') }
  const { queryClient } = client
  const ofMint = mintOptions(client, target.mint, commitment)
  const ofClock = clockOptions(client, commitment)
  const known = () => cachedMint(client, target.mint, commitment)
  const ofAccount = () => accountOptions(client, accountOfTarget(client, target, known()), commitment)
  /** What of the three is asked for: the first that the balance cannot be made without. */
  function options() {
    const mint = known()
    if (!mint) return ofMint
    return mint.display && !queryClient.getQueryData(ofClock.queryKey) ? ofClock : ofAccount()
  }
  // The same refusal gets the same error: TanStack would take another one for news, and render for ever.
  const checks = new Map<Address, ReturnType<typeof ownRecordsOf>>()
  let emptied: LamplightError | undefined
  function ownAt(at: Address) {
    const check = checks.get(at) ?? ownRecordsOf(at)
    checks.set(at, check)
    return check
  }

  /**
   * Side by side, so that all come in one answer. What only the mint tells costs one more: that the account is elsewhere
   * (of Token-2022), and that its text goes by the chain's time.
   */
  async function read(first: Options): Promise<AccountRecord> {
    const asked = new Set([hashKey(first.queryKey)])
    const readOthers = () =>
      [ofAccount(), ...(known()?.display ? [ofClock] : [])].map((each) => {
        const hash = hashKey(each.queryKey)
        return asked.has(hash) || (asked.add(hash) && queryClient.prefetchQuery(each as Options))
      })
    const [record] = await Promise.all([first.queryFn(), ...readOthers()])
    if (first !== ofMint) return record
    queryClient.setQueryData<unknown>(ofMint.queryKey, record)
    await Promise.all(readOthers())
    return record
  }
  // Getters, because TanStack reads options at each render: kept ones move on to the account as well.
  return {
    get queryKey(): QueryKey {
      return options().queryKey
    },
    get queryFn(): () => Promise<unknown> {
      const first = options()
      return () => read(first)
    },
    get staleTime(): (query: Query) => number {
      return options().staleTime as (query: Query) => number
    },
    // An account has none, which TanStack reads as its default; its types allow no `undefined` here.
    get gcTime(): number {
      return (options() as { readonly gcTime?: number }).gcTime as number
    },
    select(read: unknown): TokenBalance {
      const account = ofAccount().queryKey
      // Read was one of the three: whatever else there is has been put in the place by the app.
      if (read !== undefined && !(isRecord(read) && [target.mint, CLOCK].includes(read.address)))
        ownAt(account[4])(read)
      const mint = mintOf(recordAt(ofMint.queryKey))
      const time = mint.display && recordAt(ofClock.queryKey)
      return tokenBalanceOf(target.owner, mint, recordAt(account), chainMsOf(time, client.now()) / 1000)
    },
  }
  function recordAt(queryKey: typeof ofMint.queryKey): AccountRecord {
    const { data, error } = queryClient.getQueryState<AccountRecord>(queryKey) ?? {}
    if (data) return ownAt(queryKey[4])(data)
    emptied ??= laterError('rpc/dropped-request', { why: 'the query cache was emptied meanwhile' })
    throw error ?? emptied
  }
}

import type { Address } from '../../base/address.js'
import { uiAmountOf, uiTextOf } from '../../token/amount.js'
import {
  type AccountRecord,
  type BalanceMeta,
  type BalanceSource,
  type ShownMint,
  type TokenBalance,
  type TokenBalanceAccount,
  tokenBalanceOf,
} from '../../token/balance.js'

/** Whose balance of what, in which accounts, and at which time of the chain. */
export interface CombinedBalanceParts {
  readonly owner: Address
  readonly mint: ShownMint
  /** At least one. */
  readonly records: readonly AccountRecord[]
  readonly atSeconds: number
  /** The owner's associated account of the mint; asked for when somebody looks, because to derive it takes time. */
  readonly associated: () => Address
}

/** From the least trusted to the most. */
const WORST_FIRST: readonly BalanceSource[] = ['restored', 'tab', 'fetch', 'stream']

/**
 * One balance of all accounts of a mint: amounts are sums, and slot, time and source those of the account that can be
 * trusted least.
 */
export function combinedBalanceOf({ owner, mint, records, atSeconds, associated }: CombinedBalanceParts): TokenBalance {
  const each = records.map((record) => tokenBalanceOf(owner, mint, record, atSeconds))
  const sum = (key: 'amount' | 'pending' | 'spendable' | 'frozen' | 'delegated' | 'withheld') =>
    each.reduce((total, balance) => total + balance[key], 0n)
  const amount = sum('amount')
  const accounts = each
    .flatMap((balance) => balance.accounts)
    .map((account) => placed(account, associated))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
  const value = {
    ...(each[0] as TokenBalance),
    amount,
    pending: sum('pending'),
    text: uiTextOf(amount, mint, atSeconds),
    uiAmount: uiAmountOf(amount, mint, atSeconds),
    exists: accounts.length > 0,
    accounts,
    spendable: sum('spendable'),
    frozen: sum('frozen'),
    delegated: sum('delegated'),
    withheld: sum('withheld'),
    confidential: each.some(({ confidential }) => confidential),
    extensions: [...new Set(each.flatMap(({ extensions }) => extensions))],
    source: WORST_FIRST.find((source) => records.some((record) => record.source === source)) as BalanceSource,
    observedAt: Math.max(...records.map(({ observedAt }) => observedAt)),
    lagging: records.some(({ lagging }) => lagging),
  }
  return Object.defineProperties(value, {
    slot: { enumerable: true, get: () => Math.min(...records.map(({ slot }) => slot)) },
    verifiedAt: { enumerable: true, get: () => Math.min(...records.map(({ verifiedAt }) => verifiedAt)) },
    verifiedMs: { get: () => Math.min(...records.map(({ verifiedMs }) => verifiedMs)) },
  } satisfies { [K in keyof BalanceMeta]?: PropertyDescriptor })
}

function placed(account: TokenBalanceAccount, associated: () => Address): TokenBalanceAccount {
  const isAssociated = { enumerable: true, get: () => associated() === account.address }
  return Object.defineProperty({ ...account }, 'associated', isAssociated)
}

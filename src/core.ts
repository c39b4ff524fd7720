export type { AccountClient, TargetInput } from './balances/accountClient.js'
export type { BalanceReadOptions, FetchFreshOptions } from './balances/balanceReads.js'
export type { Balance, BalanceOf, BalanceResult } from './balances/balanceResult.js'
export type { PollInterval } from './balances/pollInterval.js'
export type { BalanceTag } from './balances/tags.js'
export { accountOptions, mintOptions, type Target } from './balances/targets.js'
export { type Clock, systemClock } from './base/clock.js'
export { type ErrorCode, type ErrorContext, isLamplightError, LamplightError } from './base/errors.js'
export type { AccountChange, AccountFailure } from './cache/changes.js'
export { balanceKeys } from './cache/queries.js'
export type { FollowListener, FollowOptions } from './observe/follow.js'
export { followTarget } from './observe/followTarget.js'
export { type BalanceChange, streamTargets } from './observe/streams.js'
export {
  type SolBalanceOptionsParameters,
  solBalanceOptions,
  type TokenBalanceOptionsParameters,
  tokenBalanceOptions,
} from './options/balanceOptions.js'
export { type ResolveToken, type TokenInfo, type TokenOptionsParameters, tokenOptions } from './options/tokenOptions.js'
export type { Activity } from './pull/polling.js'
export type { SocketStats } from './push/connection.js'
export type { BudgetOptions, ConnectionOptions, HeartbeatOptions } from './push/settings.js'
export type { BudgetFill } from './rpc/budget.js'
export type { EndpointHealth, EndpointState, RequestStats } from './rpc/endpointHealth.js'
export type { PoolEndpoint } from './rpc/endpoints.js'
export type { CacheCounts } from './stats/cacheMeter.js'
export type { SocketCounts } from './stats/socketMeter.js'
export type { Stats } from './stats/stats.js'
export { allowHydration } from './storage/hydration.js'
export {
  type BalanceClient,
  type BalanceClientOptions,
  createBalanceClient,
} from './sync/balanceClient.js'
export type { BalanceEvent, BalanceEvents } from './sync/events.js'
export type { ConnectionState, ConnectionStatus, Freshness } from './sync/status.js'
export type { AccountAt, AccountSource, Commitment, ReadOptions } from './token/account.js'
export { type Address, type AddressInput, address, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './token/address.js'
export {
  amountOfUiText,
  type FormatAmountOptions,
  formatAmount,
  type ParsedAmount,
  parseAmount,
  type Shown,
  uiAmountOf,
  uiTextOf,
} from './token/amount.js'
export { type AssociatedAddresses, createAssociatedAddresses } from './token/associatedAddress.js'
export {
  type AccountRecord,
  type BalanceMeta,
  type BalanceReason,
  type BalanceSource,
  mintOf,
  type ShownMint,
  type SolBalance,
  solBalanceOf,
  type TokenBalance,
  type TokenBalanceAccount,
  tokenBalanceOf,
} from './token/balance.js'
export { decodeMint, type Mint } from './token/mint.js'
export { decodeTokenAccount, type TokenAccount } from './token/tokenAccount.js'
export type { TokenMetadata } from './token2022/metadata.js'
export type { TransferFee } from './token2022/mintExtensions.js'
export type { AmountDisplay } from './token2022/uiAmount.js'

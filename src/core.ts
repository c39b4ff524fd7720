export { type Address, type AddressInput, address, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './base/address.js'
export { type Clock, systemClock } from './base/clock.js'
export { type ErrorCode, type ErrorContext, isLamplightError, LamplightError } from './base/errors.js'
export type { CacheCounts } from './cache/cacheMeter.js'
export type { AccountChange, AccountFailure } from './cache/changes.js'
export { balanceKeys } from './cache/queries.js'
export type { ConnectionState, ConnectionStatus, Freshness } from './client/accounts/connectionStatus.js'
export {
  type BalanceClient,
  type BalanceClientOptions,
  createBalanceClient,
} from './client/balanceClient.js'
export type { AccountClient, TargetInput } from './client/balances/accountClient.js'
export {
  type SolBalanceOptionsParameters,
  solBalanceOptions,
  type TokenBalanceOptionsParameters,
  tokenBalanceOptions,
} from './client/balances/balanceOptions.js'
export type { BalanceReadOptions, FetchFreshOptions } from './client/balances/balanceReads.js'
export type { Balance, BalanceOf, BalanceResult } from './client/balances/balanceResult.js'
export type { BalanceFilter } from './client/balances/filters.js'
export type { FollowListener, FollowOptions } from './client/balances/follow.js'
export { followTarget } from './client/balances/followTarget.js'
export type { PollInterval } from './client/balances/pollInterval.js'
export { type BalanceChange, streamTargets } from './client/balances/streams.js'
export { accountOptions, mintOptions, type Target } from './client/balances/targets.js'
export {
  type ResolveToken,
  type TokenInfo,
  type TokenOptionsParameters,
  tokenOptions,
} from './client/balances/tokenOptions.js'
export type { BalanceEvent, BalanceEvents } from './client/events.js'
export type { Activity } from './client/reads/polling.js'
export type { Stats } from './client/stats.js'
export type { SocketStats } from './client/stream/connection.js'
export type { BudgetOptions, ConnectionOptions, HeartbeatOptions } from './client/stream/settings.js'
export type { BudgetFill } from './rpc/budget.js'
export type { EndpointHealth, EndpointState, RequestStats } from './rpc/endpointHealth.js'
export type { PoolEndpoint } from './rpc/endpoints.js'
export type { SocketCounts } from './socket/socketMeter.js'
export { allowHydration } from './storage/hydration.js'
export type { AccountAt, AccountSource, Commitment, ReadOptions } from './token/account.js'
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
export type { TokenMetadata } from './token/extensions/metadata.js'
export type { TransferFee } from './token/extensions/mintExtensions.js'
export type { AmountDisplay } from './token/extensions/uiAmount.js'
export { decodeMint, type Mint } from './token/mint.js'
export { decodeTokenAccount, type TokenAccount } from './token/tokenAccount.js'

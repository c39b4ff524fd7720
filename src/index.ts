export type { TargetInput } from './balances/accountClient.js'
export type { Balance, BalanceOf } from './balances/balanceResult.js'
export type { PollInterval } from './balances/pollInterval.js'
export type { Target } from './balances/targets.js'
export { type ErrorCode, type ErrorContext, isLamplightError, LamplightError } from './base/errors.js'
export type { AccountChange, AccountFailure } from './cache/changes.js'
export { balanceKeys } from './cache/queries.js'
export type { BalanceChange } from './observe/streams.js'
export type { Activity } from './pull/polling.js'
export type { SocketStats } from './push/connection.js'
export type { BudgetOptions, ConnectionOptions, HeartbeatOptions } from './push/settings.js'
export { useBalanceClient } from './react/balanceContext.js'
export type { Maybe, ReadParameters, ReadResult } from './react/parameters.js'
export { useBalanceEvents } from './react/useBalanceEvents.js'
export {
  type UseBalanceStreamParameters,
  type UseBalanceStreamReturnType,
  useBalanceStream,
} from './react/useBalanceStream.js'
export { type UseBalancesParameters, type UseBalancesReturnType, useBalances } from './react/useBalances.js'
export { type UseConnectionStatusReturnType, useConnectionStatus } from './react/useConnectionStatus.js'
export { type UseSolBalanceParameters, type UseSolBalanceReturnType, useSolBalance } from './react/useSolBalance.js'
export {
  type UseTokenBalanceParameters,
  type UseTokenBalanceReturnType,
  useTokenBalance,
} from './react/useTokenBalance.js'
export {
  type UseTokenBalancesParameters,
  type UseTokenBalancesReturnType,
  useTokenBalances,
} from './react/useTokenBalances.js'
export { WebSocketProvider, type WebSocketProviderProps } from './react/WebSocketProvider.js'
export type { BudgetFill } from './rpc/budget.js'
export type { EndpointHealth, EndpointState, RequestStats } from './rpc/endpointHealth.js'
export type { PoolEndpoint } from './rpc/endpoints.js'
export type { CacheCounts } from './stats/cacheMeter.js'
export type { SocketCounts } from './stats/socketMeter.js'
export type { Stats } from './stats/stats.js'
export type { BalanceClient, BalanceClientOptions } from './sync/balanceClient.js'
export type { BalanceEvent, BalanceEvents } from './sync/events.js'
export type { ConnectionState, ConnectionStatus, Freshness } from './sync/status.js'
export type { Commitment } from './token/account.js'
export { type Address, type AddressInput, address, type TokenProgram } from './token/address.js'
export type {
  BalanceMeta,
  BalanceReason,
  BalanceSource,
  SolBalance,
  TokenBalance,
  TokenBalanceAccount,
} from './token/balance.js'
export type { TokenMetadata } from './token2022/metadata.js'
export type { TransferFee } from './token2022/mintExtensions.js'

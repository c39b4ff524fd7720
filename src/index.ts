export { type Address, type AddressInput, address, type TokenProgram } from './base/address.js'
export { type ErrorCode, type ErrorContext, isLamplightError, LamplightError } from './base/errors.js'
export type { CacheCounts } from './cache/cacheMeter.js'
export type { AccountChange, AccountFailure } from './cache/changes.js'
export { balanceKeys } from './cache/queries.js'
export type { ConnectionState, ConnectionStatus, Freshness } from './client/accounts/connectionStatus.js'
export type { BalanceClient, BalanceClientOptions } from './client/balanceClient.js'
export type { TargetInput } from './client/balances/accountClient.js'
export type { Balance, BalanceOf } from './client/balances/balanceResult.js'
export type { PollInterval } from './client/balances/pollInterval.js'
export type { BalanceChange } from './client/balances/streams.js'
export type { Target } from './client/balances/targets.js'
export type { BalanceEvent, BalanceEvents } from './client/events.js'
export type { Activity } from './client/reads/polling.js'
export type { Stats } from './client/stats.js'
export type { SocketStats } from './client/stream/connection.js'
export type { BudgetOptions, ConnectionOptions, HeartbeatOptions } from './client/stream/settings.js'
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
  useWalletTokens,
} from './react/useWalletTokens.js'
export { WebSocketProvider, type WebSocketProviderProps } from './react/WebSocketProvider.js'
export type { BudgetFill } from './rpc/budget.js'
export type { EndpointHealth, EndpointState, RequestStats } from './rpc/endpointHealth.js'
export type { PoolEndpoint } from './rpc/endpoints.js'
export type { SocketCounts } from './socket/socketMeter.js'
export type { Commitment } from './token/account.js'
export type {
  BalanceMeta,
  BalanceReason,
  BalanceSource,
  SolBalance,
  TokenBalance,
  TokenBalanceAccount,
} from './token/balance.js'
export type { TokenMetadata } from './token/extensions/metadata.js'
export type { TransferFee } from './token/extensions/mintExtensions.js'

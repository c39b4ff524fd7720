export type { LedgerAccount } from './localnet/ledger/engine.js'
export type { Ledger, LedgerOptions, Warp } from './localnet/ledger/ledger.js'
export {
  type EngineName,
  type LocalNode,
  type LocalNodeOptions,
  type Localnet,
  type LocalnetOptions,
  startLocalnet,
} from './localnet/localnet.js'
export type { AmountInput, Cheats, MintOptions, TokenBalanceOptions, TokenProgramName } from './localnet/node/cheats.js'
export { type FaultProxy, type ProxyOptions, type ProxyStats, startProxy } from './localnet/proxy.js'
export type { EndpointControls, EndpointStats } from './localnet/transport/endpoint.js'
export {
  createFaults,
  type FaultAction,
  type FaultRule,
  type FaultStream,
  type FaultStrike,
  type Faults,
  type FaultsOptions,
} from './localnet/transport/faults.js'
export { type LamplightLocalnetOptions, lamplightLocalnet } from './localnet/vitePlugin.js'

export type { LedgerAccount } from './ledger/engine.js'
export type { Ledger, LedgerOptions, Warp } from './ledger/ledger.js'
export type { AmountInput, Cheats, MintOptions, TokenBalanceOptions, TokenProgramName } from './node/cheats.js'
export {
  type EngineName,
  type LocalNode,
  type LocalNodeOptions,
  type Localnet,
  type LocalnetOptions,
  startLocalnet,
} from './server/localnet.js'
export { type FaultProxy, type ProxyOptions, type ProxyStats, startProxy } from './server/proxy.js'
export { type LamplightLocalnetOptions, lamplightLocalnet } from './server/vitePlugin.js'
export type { EndpointControls, EndpointStats } from './transport/endpoint.js'
export {
  createFaults,
  type FaultAction,
  type FaultRule,
  type FaultStream,
  type FaultStrike,
  type Faults,
  type FaultsOptions,
} from './transport/faults.js'

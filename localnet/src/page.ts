export type { LedgerAccount } from './ledger/engine.js'
export type { Ledger, LedgerOptions, Warp } from './ledger/ledger.js'
export type { AmountInput, Cheats, MintOptions, TokenBalanceOptions, TokenProgramName } from './node/cheats.js'
export type { EndpointControls, EndpointOptions, EndpointStats } from './transport/endpoint.js'
export {
  createFaults,
  type FaultAction,
  type FaultRule,
  type FaultStream,
  type FaultStrike,
  type Faults,
  type FaultsOptions,
} from './transport/faults.js'
export { createLedger, type PageLedger, type PageLedgerOptions } from './transport/pageLedger.js'

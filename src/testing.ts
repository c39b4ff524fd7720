export type { LedgerAccount } from './localnet/ledger/engine.js'
export type { Ledger, LedgerOptions, Warp } from './localnet/ledger/ledger.js'
export type { AmountInput, Cheats, MintOptions, TokenBalanceOptions, TokenProgramName } from './localnet/node/cheats.js'
export type { EndpointControls, EndpointOptions, EndpointStats } from './localnet/transport/endpoint.js'
export {
  createFaults,
  type FaultAction,
  type FaultRule,
  type FaultStream,
  type FaultStrike,
  type Faults,
  type FaultsOptions,
} from './localnet/transport/faults.js'
export { createLedger, type PageLedger, type PageLedgerOptions } from './localnet/transport/pageLedger.js'
export { LedgerProvider, type LedgerProviderProps } from './testing/LedgerProvider.js'
export { createTestWallet, type TestWallet, type TestWalletOptions } from './testing/testWallet.js'

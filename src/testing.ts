export type {
  AmountInput,
  Cheats,
  EndpointControls,
  EndpointOptions,
  EndpointStats,
  FaultAction,
  FaultRule,
  FaultStream,
  FaultStrike,
  Faults,
  FaultsOptions,
  Ledger,
  LedgerAccount,
  LedgerOptions,
  MintOptions,
  PageLedger,
  PageLedgerOptions,
  TokenBalanceOptions,
  TokenProgramName,
  Warp,
} from 'lamplight-localnet/page'
export { createFaults, createLedger } from 'lamplight-localnet/page'
export { LedgerProvider, type LedgerProviderProps } from './testing/LedgerProvider.js'
export { createTestWallet, type TestWallet, type TestWalletOptions } from './testing/testWallet.js'

export type {
  ActionOptions,
  ActionPhase,
  ActionProgress,
  ActionQuote,
  ActionReceipt,
  Signer,
} from './actions/action.js'
export type { ActionAmount } from './actions/guards.js'
export {
  type BurnTokenInput,
  burnToken,
  type CloseTokenAccountInput,
  type CreateTokenAccountInput,
  closeTokenAccount,
  createTokenAccount,
  unwrapSol,
  type WrapSolInput,
  wrapSol,
} from './actions/tokenAccounts.js'
export { type TransferSolInput, type TransferTokenInput, transferSol, transferToken } from './actions/transfers.js'

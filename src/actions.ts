export type { ActionResult, UseActionParameters } from './react/useAction.js'
export { useBurnToken } from './react/useBurnToken.js'
export { useCloseTokenAccount } from './react/useCloseTokenAccount.js'
export { useCreateTokenAccount } from './react/useCreateTokenAccount.js'
export { useTransferSol } from './react/useTransferSol.js'
export { useTransferToken } from './react/useTransferToken.js'
export { useUnwrapSol } from './react/useUnwrapSol.js'
export { useWrapSol } from './react/useWrapSol.js'
export type {
  ActionOptions,
  ActionPhase,
  ActionProgress,
  ActionQuote,
  ActionReceipt,
  Signer,
} from './transactions/action.js'
export type { ActionAmount } from './transactions/guards.js'
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
} from './transactions/tokenAccounts.js'
export { type TransferSolInput, type TransferTokenInput, transferSol, transferToken } from './transactions/transfers.js'

export { type CreateSignInInputOptions, createNonce, createSignInInput } from './signin/signInInput.js'
export type { SignInProof } from './signin/signInProof.js'
export { type SignInInput, type SignInRequest, signInTextOf } from './signin/signInText.js'
export {
  type SignInRefusal,
  type SignInVerdict,
  type VerifySignInOptions,
  verifySignIn,
} from './signin/verifySignIn.js'

export type { SignInProof } from './signin/signInProof.js'
export type { SignInInput, SignInRequest } from './signin/signInText.js'
export {
  type SignInPhase,
  type UseSignInParameters,
  type UseSignInReturnType,
  useSignIn,
} from './signin/useSignIn.js'

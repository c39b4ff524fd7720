export {
  type SignInPhase,
  type UseSignInParameters,
  type UseSignInReturnType,
  useSignIn,
} from './react/useSignIn.js'
export type { SignInProof } from './signin/signInProof.js'
export type { SignInInput, SignInRequest } from './signin/signInText.js'

'use client'

import { useWallet, type WalletContextState } from '@solana/wallet-adapter-react'
import { type UseMutationOptions, type UseMutationResult, useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import type { SignInProof } from '../signin/signInProof.js'
import type { SignInInput } from '../signin/signInText.js'
import { askWallet } from '../signin/walletQuestion.js'

/** How far a sign-in is; `rejected` is the person's own answer, and no failure. */
export type SignInPhase = 'idle' | 'signing' | 'signed' | 'rejected' | 'failed'

/** What `useSignIn` takes. */
export interface UseSignInParameters {
  /** TanStack Query's own options, passed through. Nothing asks a person again by itself: there is no `retry`. */
  readonly mutation?:
    | Omit<
        UseMutationOptions<SignInProof, LamplightError, SignInInput>,
        'mutationFn' | 'retry' | 'retryDelay' | 'networkMode'
      >
    | undefined
}
/** TanStack Query's mutation result, and the phase. */
export type UseSignInReturnType = UseMutationResult<SignInProof, LamplightError, SignInInput> & {
  readonly phase: SignInPhase
}

/**
 * Asks the wallet to sign in: through its `solana:signIn`, which connects it too, or else through `signMessage`, for
 * which it has to be connected. `mutate` takes the server's question; `data` is the proof for `verifySignIn`. A refusal
 * by the person is the phase `rejected` and the error `wallet/rejected`. When the account changes or the wallet
 * disconnects, the old one's proof is gone at once, and its pending answer is not taken.
 * @example
 * const { mutateAsync, phase } = useSignIn()
 * async function signIn() {
 *   const question = await fetch('/sign-in')
 *   const proof = await mutateAsync(await question.json())
 *   await fetch('/sign-in', { method: 'POST', body: JSON.stringify(proof) })
 * }
 * return <button onClick={signIn}>{phase === 'rejected' ? 'Try again' : 'Sign in'}</button>
 */
export function useSignIn(parameters: UseSignInParameters = {}): UseSignInReturnType {
  const wallet = useWallet()
  const latest = useRef(wallet)
  latest.current = wallet
  const asked = useRef<string | null>(null)
  const mutation = useMutation<SignInProof, LamplightError, SignInInput>({
    ...parameters.mutation,
    mutationFn(input) {
      asked.current = connectedOwner(latest.current)
      return askWallet(() => walletOf(latest.current), input)
    },
    retry: false,
    // A wallet can sign without a network.
    networkMode: 'always',
  })
  const owner = connectedOwner(wallet)
  const signer = mutation.data?.address ?? asked.current
  const isForeign = !mutation.isIdle && signer !== null && signer !== owner
  const { reset } = mutation
  useEffect(() => {
    if (isForeign) reset()
  }, [isForeign, reset])
  // The reset comes after this render: what is another wallet's must not show until then.
  const shown: typeof mutation = isForeign ? Object.assign({}, mutation, idleMutation) : mutation
  return { ...shown, phase: phaseOf(shown) }
}

/** A mutation that was never called. */
export const idleMutation = {
  context: undefined,
  data: undefined,
  error: null,
  failureCount: 0,
  failureReason: null,
  isError: false,
  isIdle: true,
  isPaused: false,
  isPending: false,
  isSuccess: false,
  status: 'idle',
  submittedAt: 0,
  variables: undefined,
} as const

function phaseOf({ status, error }: Pick<UseMutationResult<unknown, LamplightError>, 'status' | 'error'>): SignInPhase {
  if (status === 'error') return isLamplightError(error, 'wallet/rejected') ? 'rejected' : 'failed'
  return status === 'pending' ? 'signing' : status === 'success' ? 'signed' : 'idle'
}

/** The adapter knows at once; wallet-adapter's context a render later. */
const connectedOwner = ({ wallet }: WalletContextState) => wallet?.adapter.publicKey?.toBase58() ?? null

/** The parts of the connected wallet that can sign in. */
const walletOf = ({ wallet, signIn, signMessage }: WalletContextState) => ({
  isChosen: wallet !== null,
  address: wallet?.adapter.publicKey?.toBase58() ?? null,
  signIn,
  signMessage,
})

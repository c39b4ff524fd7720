'use client'

import { useConnection, useWallet, type WalletContextState } from '@solana/wallet-adapter-react'
import { type UseMutationOptions, type UseMutationResult, useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type {
  ActionOptions,
  ActionPhase,
  ActionProgress,
  ActionQuote,
  ActionReceipt,
  Signer,
} from '../actions/action.js'
import type { LamplightError } from '../base/errors.js'
import { idleMutation } from '../signin/useSignIn.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import { useBalanceClient } from './balanceContext.js'

/** What every action's hook takes. */
export interface UseActionParameters<V>
  extends Pick<ActionOptions, 'computeUnitLimit' | 'computeUnitPrice' | 'onProgress'> {
  /** TanStack Query's own options, passed through. Nothing is signed again by itself: there is no `retry`. */
  readonly mutation?:
    | Omit<UseMutationOptions<ActionReceipt, LamplightError, V>, 'mutationFn' | 'retry' | 'retryDelay' | 'networkMode'>
    | undefined
}
/** TanStack Query's mutation result, with how far the action is. */
export type ActionResult<V> = UseMutationResult<ActionReceipt, LamplightError, V> & {
  readonly phase: ActionPhase
  /** What it costs, told before it is signed; `null` until then. */
  readonly quote: ActionQuote | null
  /** `null` until it was signed. */
  readonly signature: string | null
}

/** An action without React. */
export type Act<V> = (client: BalanceClient, signer: Signer, input: V, options: ActionOptions) => Promise<ActionReceipt>

interface Run {
  /** The cluster, and the wallet on it. */
  readonly owner: string
  readonly giveUp: AbortController
  readonly progress: ActionProgress
  readonly quote: ActionQuote | null
  readonly signature: string | null
}

/**
 * Runs an action with the connected wallet. When the account changes or the wallet disconnects, what the old one was about
 * to do is given up and gone at once, and nothing of it stays pending.
 */
export function useAction<V>(consumer: string, act: Act<V>, parameters: UseActionParameters<V>): ActionResult<V> {
  const client = useBalanceClient(consumer)
  const latest = useLatestWallet()
  // A wallet on another cluster is another one.
  const owner = `${client.cluster}:${ownerOf(latest.current)}`
  const [run, setRun] = useState<Run | null>(null)
  const running = useRef(new Map<AbortController, string>())
  const { computeUnitLimit, computeUnitPrice, onProgress } = parameters
  const mutation = useMutation<ActionReceipt, LamplightError, V>({
    ...parameters.mutation,
    async mutationFn(input) {
      const giveUp = new AbortController()
      const signer = signerOf(latest)
      const mine = `${client.cluster}:${signer.publicKey?.toBase58() ?? null}`
      running.current.set(giveUp, mine)
      const first: Run = { owner: mine, giveUp, progress: { phase: 'building' }, quote: null, signature: null }
      setRun(first)
      const tell = (progress: ActionProgress) => {
        setRun((held) => (held?.giveUp === giveUp ? { ...held, ...newsOf(progress) } : held))
        onProgress?.(progress)
      }
      const options = { computeUnitLimit, computeUnitPrice, onProgress: tell, signal: giveUp.signal }
      return act(client, signer, input, options).finally(() => void running.current.delete(giveUp))
    },
    retry: false,
    // The action's own reads say more than navigator.onLine.
    networkMode: 'always',
  })
  const { reset } = mutation
  const isForeign = !mutation.isIdle && run !== null && run.owner !== owner
  useEffect(() => {
    for (const [giveUp, of] of running.current) if (of !== owner) giveUp.abort()
    if (isForeign) reset()
  }, [owner, isForeign, reset])
  // The reset comes after this render: what is another wallet's must not show until then.
  const shown: typeof mutation = isForeign ? Object.assign({}, mutation, idleMutation) : mutation
  const now = shown.isIdle ? null : run
  return Object.assign({}, shown, {
    phase: (now?.progress.phase ?? 'idle') as ActionPhase,
    quote: now?.quote ?? null,
    signature: now?.signature ?? null,
  })
}

function newsOf(progress: ActionProgress): Partial<Run> {
  return {
    progress,
    ...('quote' in progress && { quote: progress.quote }),
    ...('signature' in progress && { signature: progress.signature }),
  }
}

interface Latest {
  readonly wallet: WalletContextState
  readonly connection: ReturnType<typeof useConnection>['connection'] | undefined
}

function useLatestWallet() {
  const wallet = useWallet()
  const { connection } = useConnection() as Partial<ReturnType<typeof useConnection>>
  const latest = useRef<Latest>({ wallet, connection })
  latest.current = { wallet, connection }
  return latest
}

const keyOf = ({ wallet: { wallet } }: Latest) => wallet?.adapter.publicKey ?? null
const ownerOf = (latest: Latest) => keyOf(latest)?.toBase58() ?? null

/** The connected wallet; its account is looked at anew each time: the adapter knows at once, the context a render later. */
function signerOf(latest: { readonly current: Latest }): Signer {
  const { wallet, connection } = latest.current
  const { signTransaction, sendTransaction } = wallet
  return {
    get publicKey() {
      return keyOf(latest.current)
    },
    signTransaction,
    sendTransaction: (transaction, to) => sendTransaction(transaction, to),
    connection,
  }
}

'use client'

import { useConnection, useWallet, type WalletContextState } from '@solana/wallet-adapter-react'
import { type UseMutationOptions, type UseMutationResult, useMutation } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { readOr } from '../base/check.js'
import { notify, reportUncaught } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type {
  ActionOptions,
  ActionPhase,
  ActionProgress,
  ActionQuote,
  ActionReceipt,
  Signer,
} from '../transactions/action.js'
import { useBalanceClient } from './balanceContext.js'
import { idleMutation } from './useSignIn.js'

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
  /**
   * Gives up what is under way, also while the wallet is asked: nothing more is sent. It ends as `cancelled`, or, where it was sent or
   * the wallet may still send it, as `unconfirmed`. `reset` does so too, and forgets it.
   */
  readonly cancel: () => void
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
    ...guarded(parameters.mutation),
    async mutationFn(input) {
      const giveUp = new AbortController()
      const signer = signerOf(latest)
      const key = readOr(null, () => signer.publicKey?.toBase58() ?? null)
      const mine = `${client.cluster}:${key}`
      running.current.set(giveUp, mine)
      setRun({ owner: mine, giveUp, progress: { phase: 'building' }, quote: null, signature: null })
      const tell = (progress: ActionProgress) => {
        setRun((held) => (held?.giveUp === giveUp ? { ...held, ...newsOf(progress) } : held))
        notify(onProgress, progress)
      }
      const options = { computeUnitLimit, computeUnitPrice, onProgress: tell, signal: giveUp.signal }
      try {
        return await act(client, signer, input, options)
      } finally {
        running.current.delete(giveUp)
      }
    },
    retry: false,
    // The action's own reads say more than navigator.onLine.
    networkMode: 'always',
  })
  const { reset: forget, mutate: begin, mutateAsync: beginAsync } = mutation
  const isForeign = !mutation.isIdle && run !== null && run.owner !== owner
  useEffect(() => {
    for (const [giveUp, of] of running.current) if (of !== owner) giveUp.abort()
    if (isForeign) forget()
  }, [owner, isForeign, forget])
  const cancel = useCallback(() => {
    for (const giveUp of [...running.current.keys()]) giveUp.abort()
  }, [])
  const reset = useCallback(() => {
    cancel()
    forget()
  }, [cancel, forget])
  // What the one before came to is over as soon as another is asked for, which is a moment before that runs.
  const mutate = useCallback<typeof begin>(
    (...args) => {
      setRun(null)
      begin(...args)
    },
    [begin],
  )
  const mutateAsync = useCallback<typeof beginAsync>(
    (...args) => {
      setRun(null)
      return beginAsync(...args)
    },
    [beginAsync],
  )
  // The reset comes after this render: what is another wallet's must not show until then.
  const shown: typeof mutation = isForeign ? Object.assign({}, mutation, idleMutation) : mutation
  const now = shown.isIdle ? null : run
  return Object.assign({}, shown, {
    ...{ mutate, mutateAsync, reset, cancel },
    phase: phaseOf(shown, now),
    quote: now?.quote ?? null,
    signature: now?.signature ?? null,
    ...(now && 'error' in now.progress && shown.isError && { error: now.progress.error }),
  } as const)
}

const BUSY: ReadonlySet<ActionPhase> = new Set(['building', 'signing', 'sending', 'confirming'])

/** The action's own last word; while it has none, and where it is busy no more, what the mutation says. */
function phaseOf({ status }: Pick<UseMutationResult, 'status'>, run: Run | null): ActionPhase {
  const phase = run?.progress.phase
  if (phase && (!BUSY.has(phase) || status === 'pending')) return phase
  return PHASES[status]
}
const PHASES = { idle: 'idle', pending: 'building', success: 'confirmed', error: 'failed' } as const

type Callbacks<V> = NonNullable<UseActionParameters<V>['mutation']>

/** TanStack takes what a callback throws for the mutation's own failure: of a transfer that is on the chain, say. */
function guarded<V>({ onMutate, onSuccess, onError, onSettled }: Callbacks<V> = {}): Callbacks<V> {
  return {
    ...(onMutate && { onMutate: guardedCall(onMutate) }),
    ...(onSuccess && { onSuccess: guardedCall(onSuccess) }),
    ...(onError && { onError: guardedCall(onError) }),
    ...(onSettled && { onSettled: guardedCall(onSettled) }),
  }
}

/** The same function, waited for as before, and reported where it fails. */
const guardedCall =
  <A extends readonly unknown[], R>(call: (...args: A) => R) =>
  async (...args: A): Promise<Awaited<R> | undefined> => {
    try {
      return await call(...args)
    } catch (error) {
      reportUncaught(error)
      return undefined
    }
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

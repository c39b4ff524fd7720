import { messageOf, readOr } from '../base/check.js'
import { notify } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { walletErrorOf } from '../base/walletError.js'
import type { ActionOptions, ActionProgress, ActionReceipt } from './action.js'

type Tell = (progress: ActionProgress) => void

/** How far an action has come, as far as giving it up goes. */
export interface Standing {
  /** Of what is being sent; `null` before. */
  signature: string | null
  /** What a wallet that sends by itself was asked for, and has not answered. */
  asked: Promise<string> | null
}

/** An action that runs. */
export interface Running {
  /** Has somebody more told of it, from where it is now, until it ends or their own signal gives it up for them. */
  join(options: Pick<ActionOptions, 'onProgress' | 'signal'>): Promise<ActionReceipt>
}

/**
 * Starts an action.
 * @param onOver Called when it has ended, or nobody waits for it any more.
 */
export function startRun(
  name: string,
  run: (standing: Standing, tell: Tell, signal: AbortSignal) => Promise<ActionReceipt>,
  onOver: () => void,
): Running {
  const giveUp = new AbortController()
  const standing: Standing = { signature: null, asked: null }
  const listeners = new Set<Tell>()
  let waiting = 0
  let last: ActionProgress = { phase: 'building' }
  function tell(progress: ActionProgress) {
    last = progress
    for (const listener of [...listeners]) listener(progress)
  }
  // A turn later: nobody has joined yet.
  const receipt = Promise.resolve().then(() => run(standing, tell, giveUp.signal))
  receipt.then(onOver, onOver)

  function leave(listener: Tell): LamplightError {
    listeners.delete(listener)
    const error = givenUp(name, standing)
    if (--waiting === 0) {
      onOver()
      giveUp.abort(error)
    }
    listener(endOf(error))
    // The wallet was not called back, and may have sent it all the same.
    if (standing.signature === null)
      standing.asked?.then(
        (signature) => {
          if (typeof signature === 'string') listener(endOf(sentAfterwards(name, signature)))
        },
        (error) => {
          const last = sendErrorOf(name, error)
          listener(endOf(last.code === 'action/unconfirmed' ? last : laterError('action/cancelled', { action: name })))
        },
      )
    return error
  }

  return {
    join({ onProgress, signal }) {
      const listener: Tell = (progress) => notify(onProgress, progress)
      waiting++
      listeners.add(listener)
      listener(last)
      if (!signal) return receipt
      return new Promise((resolve, reject) => {
        const left = () => reject(leave(listener))
        if (signal.aborted) return left()
        signal.addEventListener('abort', left, { once: true })
        const stay = () => signal.removeEventListener('abort', left)
        receipt.then(stay, stay)
        receipt.then(resolve, reject)
      })
    },
  }
}

function givenUp(action: string, { signature, asked }: Standing): LamplightError {
  if (signature !== null)
    return laterError('action/unconfirmed', { action, signature, why: 'it was sent before it was given up' })
  if (!asked) return laterError('action/cancelled', { action })
  return laterError('action/unconfirmed', {
    action,
    signature,
    why: 'the wallet was asked to send it, and has not answered',
  })
}

const sentAfterwards = (action: string, signature: string) =>
  laterError('action/unconfirmed', { action, signature, why: 'the wallet sent it after it was given up' })

/** Errors of wallet-adapter from before anything is signed, or of signing itself. https://github.com/anza-xyz/wallet-adapter */
const UNSIGNED =
  /^Wallet(?:NotReady|Load|Config|NotConnected|Account|PublicKey|Keypair|WindowBlocked|SignTransaction)Error$/

/** What a wallet threw that was asked to sign and send. Unless it says that nothing was signed, it may have sent it before it failed. */
export function sendErrorOf(action: string, thrown: unknown): LamplightError {
  const error = walletErrorOf(action, thrown)
  if (error.code === 'wallet/rejected' || readOr(false, () => UNSIGNED.test((thrown as Error).name))) return error
  const why = `the wallet was asked to send it, and failed (${messageOf(thrown)})`
  return laterError('action/unconfirmed', { action, signature: null, why }, { cause: thrown })
}

/** How an action ended that ended with this error. */
export function endOf(error: LamplightError): ActionProgress {
  switch (error.code) {
    case 'wallet/rejected':
      return { phase: 'rejected', error }
    case 'action/expired':
      return { phase: 'expired', error }
    case 'action/cancelled':
      return { phase: 'cancelled', error }
    case 'action/unconfirmed':
      return { phase: 'unconfirmed', error }
    default:
      return { phase: 'failed', error }
  }
}

import type { VersionedMessage } from '@solana/web3.js'
import { bytesOfBase58 } from '../base/base58.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { walletErrorOf } from '../base/walletError.js'
import type { Planning, Signer } from './action.js'
import { type Standing, sendErrorOf } from './running.js'
import { changeOf, messageIn, readSigned } from './signedMessage.js'
import type { Built } from './transaction.js'

/** What the wallet made of a transaction. */
export interface Signed {
  readonly signature: string
  /** `null` when the wallet has sent it itself; nothing is known then but the signature. */
  readonly bytes: Uint8Array | null
  readonly message: VersionedMessage | null
}

/** What is signed, by whom. */
export interface Signing {
  readonly name: string
  readonly signer: Signer
  readonly planning: Planning
  readonly built: Built
  readonly standing: Standing
  readonly signal: AbortSignal
}

/**
 * Has the wallet sign, or sign and send. What it gives is read, and has to be what was asked for.
 * @throws LamplightError `wallet/unavailable`, `wallet/rejected`, `wallet/failed`, `wallet/altered`, `action/unconfirmed`, and what
 * the signal was aborted with
 */
export async function signedBy(signing: Signing): Promise<Signed> {
  const { name, signer, planning, built, standing, signal } = signing
  const { signTransaction, sendTransaction, connection } = signer
  if (signTransaction) {
    const given: unknown = await asked(signing, () => signTransaction.call(signer, built.transaction), walletErrorOf)
    const { bytes, signature, message } = readSigned(name, planning.chain, given)
    const why = changeOf(messageIn(planning.chain, built.message), message)
    if (why !== null) throw laterError('wallet/altered', { request: name, why, signature: null })
    return { bytes, signature, message }
  }
  if (!sendTransaction || !connection) throw unavailable(name, 'it can neither sign nor send a transaction')
  const given: unknown = await asked(
    signing,
    () => {
      const sent = sendTransaction.call(signer, built.transaction, connection)
      standing.asked = Promise.resolve(sent)
      // Whoever waits here is told; whoever gives up later asks again what came of it.
      standing.asked.catch(toldHere)
      return sent
    },
    sendErrorOf,
  )
  signal.throwIfAborted()
  if (typeof given === 'string' && bytesOfBase58(given)?.length === 64)
    return { signature: given, bytes: null, message: null }
  throw laterError('action/unconfirmed', {
    action: name,
    signature: null,
    why: 'the wallet was asked to send it, and gave no signature',
  })
}

const toldHere = () => {}

/** What a wallet cannot be asked for. */
export const unavailable = (request: string, why: string) => laterError('wallet/unavailable', { request, why })

/** Asks until the wallet answers, or the action is given up: a wallet that never answers keeps nobody waiting. */
async function asked<T>(
  { name, signal }: Signing,
  ask: () => T | Promise<T>,
  errorOf: (request: string, thrown: unknown) => LamplightError,
): Promise<T> {
  signal.throwIfAborted()
  let leave = () => {}
  const given = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave)
  })
  try {
    return await Promise.race([ask(), given])
  } catch (error) {
    throw signal.aborted ? error : errorOf(name, error)
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

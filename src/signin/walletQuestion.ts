import { base58Of } from '../base/base58.js'
import { base64Of, utf8Of } from '../base/bytes.js'
import { laterError } from '../base/laterErrors.js'
import { walletErrorOf } from '../base/walletError.js'
import type { SignInProof } from './signInProof.js'
import { type SignInInput, signInInputOf, signInTextOf } from './signInText.js'

/** What a wallet's `solana:signIn` answers, as far as it is looked at. */
export interface SignInOutput {
  readonly account: { readonly address: string; readonly publicKey: ArrayLike<number> }
  readonly signedMessage: Uint8Array
  readonly signature: Uint8Array
  readonly signatureType?: string
}

/** A wallet, as far as signing in needs it. */
export interface SignInWallet {
  readonly isChosen: boolean
  /** The connected account. */
  readonly address: string | null
  readonly signIn: ((input: SignInInput) => Promise<SignInOutput>) | undefined
  readonly signMessage: ((message: Uint8Array) => Promise<Uint8Array>) | undefined
}

/**
 * Asks a wallet to sign in. It is looked at again after its answer: one that is not there any more has no say.
 * @throws LamplightError `input/invalid-value` before the wallet is asked, `wallet/unavailable`, `wallet/rejected`,
 * `wallet/failed`
 */
export async function askWallet(look: () => SignInWallet, question: SignInInput): Promise<SignInProof> {
  const input = signInInputOf(question)
  const wallet = look()
  const proof = await asked(() => (wallet.signIn ? viaSignIn(wallet.signIn, input) : viaMessage(wallet, input)))
  if (look().address !== proof.address) throw unavailable('another account was connected meanwhile, or none')
  return proof
}

async function asked(ask: () => Promise<SignInProof>): Promise<SignInProof> {
  try {
    return await ask()
  } catch (error) {
    throw walletErrorOf('sign-in', error)
  }
}

async function viaSignIn(signIn: NonNullable<SignInWallet['signIn']>, input: SignInInput): Promise<SignInProof> {
  const { account, signedMessage, signature, signatureType = 'ed25519' } = await signIn(input)
  if (signatureType !== 'ed25519') throw failed('its signature is not Ed25519')
  const { address } = account
  if (base58Of(Uint8Array.from(account.publicKey)) !== address) throw failed('its address is not its public key')
  return { input, address, signedMessage: base64Of(signedMessage), signature: base64Of(signature) }
}

async function viaMessage({ isChosen, address, signMessage }: SignInWallet, input: SignInInput): Promise<SignInProof> {
  if (!isChosen) throw unavailable('none is chosen')
  if (address === null) throw unavailable('it is not connected')
  if (!signMessage) throw unavailable('it can sign neither in nor a message')
  const message = utf8Of(signInTextOf(input, address))
  const signature = await signMessage(message)
  return { input, address, signedMessage: base64Of(message), signature: base64Of(signature) }
}

const unavailable = (why: string) => laterError('wallet/unavailable', { request: 'sign-in', why })
const failed = (why: string) => laterError('wallet/failed', { request: 'sign-in', why })

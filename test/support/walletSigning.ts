import { ed25519 } from '@noble/curves/ed25519.js'
import type { SolanaSignInInput, SolanaTransactionVersion } from '@solana/wallet-standard-features'
import { createSignInMessage } from '@solana/wallet-standard-util'
import { Connection, PublicKey, VersionedTransaction } from '@solana/web3.js'
import type { IdentifierString, WalletAccount } from '@wallet-standard/base'
import bs58 from 'bs58'

/** What a wallet may be able to do beside connecting. */
export type WalletFeature = 'signIn' | 'signMessage' | 'signTransaction' | 'signAndSendTransaction'

/** What signing needs: keys, the person's word, and which account is connected. */
export interface Signers {
  readonly keys: readonly Key[]
  readonly session: { account(): WalletAccount | undefined; connect(): void }
  readonly versions: readonly SolanaTransactionVersion[]
  readonly rpcUrl: string | undefined
  ask(feature: WalletFeature): Promise<void>
}

/** One account's key. */
export interface Key {
  readonly address: string
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** Keys from their seeds, 32 bytes each. */
export const keysOf = (seeds: readonly ArrayLike<number>[]): Key[] =>
  seeds.map((seed) => {
    const secret = Uint8Array.from(seed)
    const publicKey = ed25519.getPublicKey(secret)
    return { publicKey, address: bs58.encode(publicKey), sign: (message) => ed25519.sign(message, secret) }
  })

function keyOf({ keys }: Signers, account: WalletAccount | undefined): Key {
  const key = keys.find(({ address }) => address === account?.address)
  if (!key) throw new Error('not an account of this wallet')
  return key
}

/** Everything such a wallet can sign, by the standard's identifiers. */
export const signingFeatures = (signers: Signers): Readonly<Record<`solana:${WalletFeature}`, object>> => ({
  ...signInFeature(signers),
  ...signMessageFeature(signers),
  ...transactionFeatures(signers),
})

function signInFeature(signers: Signers) {
  const { session, ask } = signers
  return {
    'solana:signIn': {
      version: '1.0.0',
      async signIn(input: SolanaSignInInput = {}) {
        const host = globalThis.location?.host
        // As wallets do against phishing; Phantom answers with this code.
        if (input.domain !== undefined && host && input.domain !== host)
          throw Object.assign(new Error(`${input.domain} is not ${host}`), { code: -32000 })
        await ask('signIn')
        session.connect()
        const account = session.account() as WalletAccount
        const key = keyOf(signers, account)
        const signedMessage = createSignInMessage({
          ...input,
          domain: input.domain ?? host ?? '',
          address: key.address,
        })
        return [{ account, signedMessage, signature: key.sign(signedMessage), signatureType: 'ed25519' }]
      },
    },
  }
}

function signMessageFeature(signers: Signers) {
  return {
    'solana:signMessage': {
      version: '1.1.0',
      async signMessage({ account, message }: { account: WalletAccount; message: Uint8Array }) {
        await signers.ask('signMessage')
        return [{ signedMessage: message, signature: keyOf(signers, account).sign(message) }]
      },
    },
  }
}

interface TransactionInput {
  readonly account: WalletAccount
  readonly transaction: Uint8Array
  readonly chain?: IdentifierString
  readonly options?: {
    readonly skipPreflight?: boolean
    readonly preflightCommitment?: 'processed' | 'confirmed' | 'finalized'
  }
}

function transactionFeatures(signers: Signers) {
  const { versions: supportedTransactionVersions, ask, rpcUrl } = signers
  const signed = ({ account, transaction }: TransactionInput) => {
    const read = VersionedTransaction.deserialize(transaction)
    if (!supportedTransactionVersions.some((version) => version === read.version))
      throw new Error(`version ${read.version} is not supported`)
    const { publicKey, sign } = keyOf(signers, account)
    read.addSignature(new PublicKey(publicKey), sign(read.message.serialize()))
    return read
  }
  return {
    'solana:signTransaction': {
      version: '1.0.0',
      supportedTransactionVersions,
      async signTransaction(...inputs: readonly TransactionInput[]) {
        await ask('signTransaction')
        return inputs.map((input) => ({ signedTransaction: signed(input).serialize() }))
      },
    },
    'solana:signAndSendTransaction': {
      version: '1.0.0',
      supportedTransactionVersions,
      async signAndSendTransaction({ options = {}, ...input }: TransactionInput) {
        await ask('signAndSendTransaction')
        const signature = await new Connection(rpcUrl ?? '').sendTransaction(signed(input), options)
        return [{ signature: bs58.decode(signature) }]
      },
    },
  }
}

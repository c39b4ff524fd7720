import {
  type Adapter,
  EventEmitter,
  type SignerWalletAdapter,
  type WalletAdapterEvents,
  type WalletName,
  WalletReadyState,
  WalletSignTransactionError,
} from '@solana/wallet-adapter-base'
import { Keypair, type Transaction, VersionedTransaction } from '@solana/web3.js'
import type { Address } from '../base/address.js'

/** How a test's wallet is made. */
export interface TestWalletOptions {
  /** What its dialog row says. @default 'Test wallet' */
  readonly name?: string | undefined
  /** The 32 bytes its key is made from. @default new ones */
  readonly seed?: Uint8Array | undefined
}

/** A wallet with a real key, held by the test. */
export interface TestWallet {
  readonly address: Address
  /** What wallet-adapter works with: connected from the start. */
  readonly adapter: Adapter
  /** Says yes to what it is asked from now on, which it also does at first. */
  approve(): void
  /** Says no to what it is asked from now on, as a person does. */
  refuse(): void
}

const ICON = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4='

type AnyTransaction = Transaction | VersionedTransaction

function signerOf(keypair: Keypair, ask: () => void) {
  const sign = <T extends AnyTransaction>(transaction: T): T => {
    if (transaction instanceof VersionedTransaction) transaction.sign([keypair])
    else (transaction as Transaction).partialSign(keypair)
    return transaction
  }
  return {
    async signTransaction<T extends AnyTransaction>(transaction: T): Promise<T> {
      ask()
      return sign(transaction)
    },
    async signAllTransactions<T extends AnyTransaction>(transactions: T[]): Promise<T[]> {
      ask()
      return transactions.map(sign)
    },
  }
}

function adapterOf(name: string, keypair: Keypair, ask: () => void): Adapter {
  const events = new EventEmitter<WalletAdapterEvents>()
  const { signTransaction, signAllTransactions } = signerOf(keypair, ask)
  const connect = async (): Promise<void> => {
    adapter.publicKey = keypair.publicKey
    adapter.connected = true
    adapter.emit('connect', keypair.publicKey)
  }
  const adapter = Object.assign(events, {
    name: name as WalletName,
    url: 'https://wallet.invalid',
    icon: ICON,
    readyState: WalletReadyState.Installed,
    supportedTransactionVersions: new Set(['legacy', 0] as const),
    publicKey: keypair.publicKey as SignerWalletAdapter['publicKey'],
    connecting: false,
    connected: true,
    connect,
    autoConnect: connect,
    async disconnect() {
      adapter.publicKey = null
      adapter.connected = false
      adapter.emit('disconnect')
    },
    signTransaction,
    signAllTransactions,
    sendTransaction: async (...[transaction, connection, options]: Parameters<Adapter['sendTransaction']>) =>
      connection.sendRawTransaction((await signTransaction(transaction)).serialize(), options),
  })
  return adapter as unknown as Adapter
}

/**
 * Makes a wallet for `<LedgerProvider>`: wallet-adapter's hooks and this library's actions see a connected wallet that
 * signs what it is given, until it is told to refuse.
 * @example
 * const wallet = createTestWallet()
 * const chain = createLedger({ automine: true })
 * chain.fund(wallet.address, 1_000_000_000n)
 */
export function createTestWallet({ name = 'Test wallet', seed }: TestWalletOptions = {}): TestWallet {
  const keypair = seed ? Keypair.fromSeed(seed) : Keypair.generate()
  let refuses = false
  const ask = (): void => {
    // The shape in which most wallets say it, as wallet-adapter passes it on.
    if (refuses) throw new WalletSignTransactionError('User rejected the request.', { code: 4001 })
  }
  return {
    address: keypair.publicKey.toBase58() as Address,
    adapter: adapterOf(name, keypair, ask),
    approve() {
      refuses = false
    },
    refuse() {
      refuses = true
    },
  }
}

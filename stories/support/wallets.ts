import { WalletConnectionError, type WalletName, WalletReadyState } from '@solana/wallet-adapter-base'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import type { Transaction, VersionedTransaction } from '@solana/web3.js'

/** How a wallet behaves when it is asked to connect. */
export type Manner = 'agree' | 'reject' | 'fail' | 'hang'

interface WalletOptions {
  readonly manner?: Manner
  readonly readyState?: WalletReadyState
  /** What its person says to a transaction. @default 'agree' */
  readonly signs?: 'agree' | 'reject' | 'hang'
}

/** A real burner wallet under a name of its own, which may also say no, break, or keep one waiting. */
export function createWallet(
  name: string,
  { manner = 'agree', readyState = WalletReadyState.Installed, signs = 'agree' }: WalletOptions = {},
) {
  class NamedWallet extends UnsafeBurnerWalletAdapter {
    override name = name as WalletName<'Burner Wallet'>
    override url = 'https://solana.com/'
    override get readyState() {
      return readyState
    }
    override async connect() {
      if (manner === 'hang') return new Promise<void>(() => {})
      if (manner === 'agree') return super.connect()
      // What wallet-standard's adapter makes of a wallet that throws.
      const cause = manner === 'reject' ? { code: 4001, message: 'User rejected the request.' } : undefined
      const error = new WalletConnectionError(cause?.message ?? 'Unexpected error', cause)
      this.emit('error', error)
      throw error
    }
    override async signTransaction<T extends Transaction | VersionedTransaction>(transaction: T): Promise<T> {
      if (signs === 'hang') return new Promise<never>(() => {})
      if (signs === 'reject') throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
      return super.signTransaction(transaction)
    }
  }
  return new NamedWallet()
}

/** A wallet that one would have to install first. */
export const notInstalled = (name: string) => createWallet(name, { readyState: WalletReadyState.NotDetected })

import { WalletConnectionError, type WalletName, WalletReadyState } from '@solana/wallet-adapter-base'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'

/** How a wallet behaves when it is asked to connect. */
export type Manner = 'agree' | 'reject' | 'fail' | 'hang'

interface WalletOptions {
  readonly manner?: Manner
  readonly readyState?: WalletReadyState
}

/** A real burner wallet under a name of its own, which may also say no, break, or keep one waiting. */
export function createWallet(
  name: string,
  { manner = 'agree', readyState = WalletReadyState.Installed }: WalletOptions = {},
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
  }
  return new NamedWallet()
}

/** A wallet that one would have to install first. */
export const notInstalled = (name: string) => createWallet(name, { readyState: WalletReadyState.NotDetected })

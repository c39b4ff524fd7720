import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'

/** A burner wallet with somebody behind it who can say no. */
class Burner extends UnsafeBurnerWalletAdapter {
  isRefusing = false

  override async signTransaction<T>(transaction: T): Promise<T> {
    // What most wallets throw (EIP-1193).
    if (this.isRefusing) throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
    return (await super.signTransaction(transaction as never)) as T
  }
}

/** The demo's wallet. */
export const burner = new Burner()

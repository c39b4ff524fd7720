import { useWallet } from '@solana/wallet-adapter-react'
import { type ReactNode, useEffect, useState } from 'react'
import { fund, setTokenBalance } from './ledger.js'
import type { Scene } from './scene.js'
import { createWallet } from './wallets.js'

/** What the connected wallet is given before the story begins. */
export interface Funds {
  readonly lamports: bigint
  /** Of the scene's token, in base units; none: no account. @default none */
  readonly amount?: bigint
  readonly children: ReactNode
}

/** The connected wallet, once it has what the story needs. */
export function Funded({ lamports, amount, mint, children }: Funds & Pick<Scene, 'mint'>) {
  const owner = useWallet().publicKey?.toBase58()
  const [isReady, setReady] = useState(false)
  useEffect(() => {
    if (!owner) return
    const give = async () => {
      await fund(owner, lamports)
      if (amount !== undefined) await setTokenBalance(owner, mint, amount)
      setReady(true)
    }
    void give()
  }, [owner, lamports, amount, mint])
  return isReady && children
}

/** A wallet that is connected from the start, and what its person says to transactions. */
export const connected = (signs: 'agree' | 'reject' | 'hang' = 'agree') => ({
  isConnected: true,
  wallets: () => [createWallet('Lantern', { signs })],
})

import { useWallet } from '@solana/wallet-adapter-react'
import { useConnectionStatus } from 'lamplight'
import { Balance } from './Balance.js'

/** What `<WalletCard>` takes. */
export interface WalletCardProps {
  /** The tokens below SOL. */
  readonly tokens: readonly { readonly mint: string; readonly symbol: string }[]
}

/** The connected wallet at a glance, or the wallets there are to connect. */
export function WalletCard({ tokens }: WalletCardProps) {
  const { publicKey, wallets, select, disconnect } = useWallet()
  const { state, reconnect } = useConnectionStatus()
  if (!publicKey)
    return (
      <section aria-label="Wallet">
        {wallets.map(({ adapter }) => (
          <button key={adapter.name} type="button" onClick={() => select(adapter.name)}>
            Connect {adapter.name}
          </button>
        ))}
      </section>
    )
  const address = publicKey.toBase58()
  return (
    <section aria-label="Wallet">
      <header>
        <code title={address}>{`${address.slice(0, 4)}…${address.slice(-4)}`}</code>
        <button type="button" onClick={() => void disconnect()}>
          Disconnect
        </button>
      </header>
      <ul>
        <li>
          <Balance symbol="SOL" />
        </li>
        {tokens.map(({ mint, symbol }) => (
          <li key={mint}>
            <Balance mint={mint} symbol={symbol} />
          </li>
        ))}
      </ul>
      {state === 'waiting' && (
        <button type="button" onClick={reconnect}>
          Reconnecting… Retry now
        </button>
      )}
    </section>
  )
}

import { useWallet } from '@solana/wallet-adapter-react'

/** Chooses a wallet by its name, connects it and disconnects it. */
export function WalletControls({ name }: { readonly name: string }) {
  const { select, connect, disconnect, wallet } = useWallet()
  return (
    <>
      <button type="button" onClick={() => select(name as never)}>
        select
      </button>
      <button type="button" disabled={!wallet} onClick={() => void connect()}>
        connect
      </button>
      <button type="button" onClick={() => void disconnect()}>
        disconnect
      </button>
    </>
  )
}

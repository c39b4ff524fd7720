import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useSolBalance, useTokenBalance, WebSocketProvider } from 'lamplight'
import { useTransferSol, useTransferToken } from 'lamplight/actions'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { registerTestWallet } from '../../support/testWallet.js'
import type { WalletFeature } from '../../support/walletSigning.js'

const wanted = new URLSearchParams(location.search)
const word = (name: string) => wanted.get(name) ?? ''

// An app's own, of which it is told when another one takes its place.
if (wanted.has('own')) {
  const own = (await import('buffer')).Buffer
  Object.defineProperty(globalThis, 'Buffer', {
    get: () => own,
    set: () => Object.assign(window, { isReplaced: true }),
  })
}

/** The wallet that a person would have installed; the test holds it. */
const testWallet = registerTestWallet({
  rpcUrl: word('rpc'),
  seeds: [1, 2].map((first) => Uint8Array.of(first, ...new Uint8Array(31))),
  features: word('features').split(' ') as WalletFeature[],
})
Object.assign(window, { testWallet })

function Page() {
  const { wallets, wallet, select, connect, publicKey } = useWallet()
  const sol = useSolBalance()
  const mint = word('mint')
  const tokens = useTokenBalance({ mint })
  const sendSol = useTransferSol()
  const sendTokens = useTransferToken()
  useEffect(() => {
    if (wallet && !publicKey) connect().catch(() => {})
  }, [wallet, publicKey, connect])
  return (
    <>
      {wallets.map(({ adapter: { name } }) => (
        <button type="button" key={name} onClick={() => select(name)}>
          {name}
        </button>
      ))}
      <button type="button" onClick={() => sendSol.mutate({ to: word('to'), lamports: '1' })}>
        Send SOL
      </button>
      <button
        type="button"
        onClick={() => sendTokens.mutate({ mint, to: word('to'), amount: '2.5', createRecipientAccount: true })}
      >
        Send tokens
      </button>
      <p data-testid="sol">{`${sol.data?.lamports} ${sol.data?.pending}`}</p>
      <p data-testid="tokens">{`${tokens.data?.amount} ${tokens.data?.pending}`}</p>
      <p data-testid="sol-phase">{`${sendSol.phase} ${sendSol.error?.message ?? ''}`}</p>
      <p data-testid="token-phase">{`${sendTokens.phase} ${sendTokens.error?.message ?? ''}`}</p>
    </>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <ConnectionProvider endpoint={word('rpc')} config={{ commitment: 'confirmed', wsEndpoint: word('ws') }}>
    <WalletProvider wallets={[]} onError={() => {}}>
      <QueryClientProvider client={new QueryClient()}>
        <WebSocketProvider url={word('ws')}>
          <Page />
        </WebSocketProvider>
      </QueryClientProvider>
    </WalletProvider>
  </ConnectionProvider>,
)

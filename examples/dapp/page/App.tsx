import { useWallet } from '@solana/wallet-adapter-react'
import { useQuery } from '@tanstack/react-query'
import { follow } from './bot.js'
import type { NodeControls } from './node.js'
import { Activity } from './parts/Activity.js'
import { Balances } from './parts/Balances.js'
import { Controls } from './parts/Controls.js'
import { StatusBar } from './parts/StatusBar.js'

/** The demo: a wallet whose balances move, and switches to break what moves them. */
export function App({ controls }: { readonly controls: NodeControls }) {
  const owner = useWallet().publicKey?.toBase58() ?? null
  const bot = useQuery({
    queryKey: ['bot', owner],
    queryFn: () => follow(owner ?? ''),
    enabled: owner !== null,
    staleTime: Infinity,
  })
  return (
    <div className="page">
      <header>
        <h1>
          <Lantern /> Lamplight
        </h1>
        <p className="wallet" data-connected={owner !== null}>
          {owner ? (
            <>
              Burner wallet <code title={owner}>{`${owner.slice(0, 4)}…${owner.slice(-4)}`}</code>
            </>
          ) : (
            'Connecting the wallet…'
          )}
        </p>
      </header>
      <p className="lead">
        A bot sends this wallet real transfers every second, on a Solana ledger that runs on your machine.
        <br />
        Send and receive, then break the connection: every balance stays right, or says that it may not be.
      </p>
      <StatusBar />
      <main>
        <Balances owner={owner} tokens={bot.data?.tokens} />
        <Controls owner={owner} bot={bot.data} controls={controls} />
        <Activity owner={owner} tokens={bot.data?.tokens} />
      </main>
      {bot.error && <p role="alert">The bot does not answer: {bot.error.message}</p>}
    </div>
  )
}

function Lantern() {
  return (
    <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
      <path d="M8 8h8l2 10H6z" fill="#f5a524" />
      <path d="M9 8a3 3 0 0 1 6 0M5 20h14" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}

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
        <div>
          <h1>
            <Lantern /> Lamplight
          </h1>
          <p className="wallet">
            {owner ? (
              <>
                Burner wallet <code title={owner}>{`${owner.slice(0, 4)}…${owner.slice(-4)}`}</code>
              </>
            ) : (
              'Connecting the wallet…'
            )}
          </p>
        </div>
        <p className="lead">
          A bot sends this wallet real transfers every second, on a Solana ledger on your own machine.
          <br />
          Send and receive, then break the connection: every balance stays right, or says that it may not be.
        </p>
      </header>
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
    <svg viewBox="0 0 24 24" width="30" height="30" aria-hidden="true">
      <path d="M7.5 9.5h9l1 9.5h-11z" fill="#f5a524" fillOpacity=".25" />
      <path d="M12 11.5c1.8 2 2.4 3 2.4 4.1a2.4 2.4 0 0 1-4.8 0c0-1.1.6-2.1 2.4-4.1z" fill="#f5a524" />
      <path
        d="M8.5 6.5a3.5 3.5 0 0 1 7 0M6.5 9.5h11M7.5 9.5l-1 9.5M16.5 9.5l1 9.5M5.5 20.5h13"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </svg>
  )
}

import './polyfills/buffer.js'
import { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.js'
import { createNodeControls } from './node.js'
import { Providers } from './Providers.js'
import 'lamplight/styles.css'
import './style.css'

const root = createRoot(document.getElementById('root') as HTMLElement)

if (rpcUrl && wsUrl) {
  const controls = createNodeControls(rpcUrl)
  // What an earlier visit broke would otherwise stay broken, with every switch saying that it is not.
  await controls.heal()
  root.render(
    <StrictMode>
      <Providers rpcUrl={rpcUrl} wsUrl={wsUrl}>
        <App controls={controls} />
      </Providers>
    </StrictMode>,
  )
} else root.render(<p className="page">This demo needs its local ledger: run it with “npm start”.</p>)

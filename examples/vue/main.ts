import { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'
import { QueryClient } from '@tanstack/query-core'
import { createBalanceClient } from 'lamplight/core'
import { createApp } from 'vue'
import { createFaucet } from '../shared/chain.js'
import '../shared/style.css'
import App from './App.vue'
import { balanceClientKey } from './useBalance.js'

const queryClient = new QueryClient()
// What React's provider does by itself: the cache hears of the window's focus and of the network.
queryClient.mount()
const client = createBalanceClient({ queryClient, rpcUrl: rpcUrl ?? '', url: wsUrl ?? false })

createApp(App, { faucet: createFaucet(rpcUrl ?? '') })
  .provide(balanceClientKey, client)
  .mount('#app')

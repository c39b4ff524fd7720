import { QueryClient } from '@tanstack/query-core'
import { createBalanceClient } from 'lamplight/core'
import { createApp, h } from 'vue'
import { useBalance } from './useBalance'

const queryClient = new QueryClient()
const client = createBalanceClient({ queryClient, rpcUrl: 'https://api.devnet.solana.com' })

createApp({
  setup() {
    // biome-ignore lint/correctness/useHookAtTopLevel: Vue knows no such rule.
    const balance = useBalance(client, { owner: { toBase58: () => '11111111111111111111111111111111' } })
    return () => h('p', balance.value?.data?.text)
  },
}).mount('#root')

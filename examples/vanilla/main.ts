import { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'
import { QueryClient } from '@tanstack/query-core'
import { type BalanceResult, createBalanceClient } from 'lamplight/core'
import { createFaucet, mint, owner } from '../shared/chain.js'
import '../shared/style.css'
import { freshnessWords } from '../shared/words.js'

const queryClient = new QueryClient()
// What React's provider does by itself: the cache hears of the window's focus and of the network.
queryClient.mount()
const client = createBalanceClient({ queryClient, rpcUrl: rpcUrl ?? '', url: wsUrl ?? false })

const element = (selector: string) => document.querySelector(selector) as HTMLElement

/** Shows one balance, whatever state it is in: a number that is known stays, and says how far it can be trusted. */
function show(id: string) {
  const amount = element(`#${id} [data-amount]`)
  const messages = element(`#${id} [data-freshness]`)
  return ({ data, error, freshness }: BalanceResult) => {
    amount.textContent = data ? data.text : error ? '—' : '…'
    messages.textContent = data ? freshnessWords[freshness] : (error?.message ?? 'Loading')
    messages.dataset.freshness = data ? freshness : 'stale'
  }
}

element('#owner').textContent = owner
client.follow({ owner }, show('sol'))
client.follow({ owner, mint }, show('token'))

const faucet = createFaucet(rpcUrl ?? '')

/** Lets a button cause something on the chain; that it happened is seen by the balance itself. */
function onPress(id: string, act: () => Promise<void>) {
  element(id).addEventListener('click', () => {
    element('#problem').textContent = ''
    act().catch((reason: unknown) => {
      element('#problem').textContent = String(reason)
    })
  })
}
onPress('#give-sol', () => faucet.sol())
onPress('#give-tokens', async () => {
  const { amount } = await client.fetchFresh({ owner, mint }, { maxAgeMs: 0 })
  await faucet.tokens(amount + 10_00n)
})

import { type DehydratedState, dehydrate, QueryClient } from '@tanstack/react-query'
import { allowHydration, createBalanceClient, tokenBalanceOptions } from 'lamplight/core'
import { ledger } from './ledger.js'
import type { Scene } from './scene.js'

/** One balance as a server sends it along with a page, or as a browser has kept it since the last visit. */
export async function sentBalance({ owner, mint }: Pick<Scene, 'owner' | 'mint'>): Promise<DehydratedState> {
  const queryClient = allowHydration(new QueryClient())
  const { rpcUrl, wsUrl: url, fetch, webSocket } = ledger
  const client = createBalanceClient({ queryClient, rpcUrl, url, fetch, webSocket })
  await queryClient.fetchQuery(tokenBalanceOptions(client, { owner, mint }))
  return JSON.parse(JSON.stringify(dehydrate(queryClient))) as DehydratedState
}

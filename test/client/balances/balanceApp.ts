import { QueryClient } from '@tanstack/query-core'
import { type BalanceClient, type BalanceClientOptions, createBalanceClient } from 'lamplight/core'
import type { Localnet, LocalnetOptions } from 'lamplight-localnet'
import { webSocket } from '../../support/app.js'
import { localnet, newAddress } from '../../support/localnet.js'

/** A page without React on a chain of its own. */
export interface BalanceApp {
  readonly net: Localnet
  readonly queryClient: QueryClient
  readonly client: BalanceClient
  readonly owner: string
  /** Requests over HTTP since this was last asked. */
  requests(): number
}

/** Starts one; it only polls unless it is told otherwise. */
export async function balanceApp(
  options: Partial<BalanceClientOptions> = {},
  chain: LocalnetOptions = {},
): Promise<BalanceApp> {
  const net = await localnet(chain)
  const queryClient = new QueryClient()
  const { rpcUrl } = net
  const client = createBalanceClient({
    queryClient,
    rpcUrl,
    url: false,
    cluster: 'test',
    firstReadDelayMs: 0,
    ...options,
  })
  const owner = newAddress()
  return {
    ...{ net, queryClient, client, owner },
    requests() {
      const { httpRequests } = net.stats()
      net.resetStats()
      return httpRequests
    },
  }
}

/** As `balanceApp`, told of changes over a socket; first reads are patient, so that a busy machine changes no count. */
export async function liveApp(options: Partial<BalanceClientOptions> = {}): Promise<BalanceApp> {
  const made = await balanceApp()
  const { rpcUrl, wsUrl } = made.net
  const { queryClient } = made
  const client = createBalanceClient({
    ...{ queryClient, rpcUrl, url: wsUrl, webSocket, cluster: 'live', firstReadDelayMs: 5000, shareAcrossTabs: false },
    ...options,
  })
  return { ...made, client }
}

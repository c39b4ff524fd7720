import { QueryClient } from '@tanstack/query-core'
import {
  type Address,
  address,
  type BalanceClient,
  type BalanceClientOptions,
  createBalanceClient,
} from 'lamplight/core'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/base/clock.js'
import { webSocket } from '../support/app.js'

/** A client without React, as an app outside of it makes one. */
export interface CoreClient {
  readonly client: BalanceClient
  /** Follows accounts at the client's commitment, until the test ends. */
  follow(owners: readonly string[]): void
  isLive(owner: string): boolean
}

/** Opens a client for one test, and closes it when the test ends. */
export function coreClient(
  node: { readonly rpcUrl: string; readonly wsUrl: string },
  options: Partial<BalanceClientOptions> = {},
): CoreClient {
  const { rpcUrl, wsUrl } = node
  const client = createBalanceClient({ queryClient: new QueryClient(), rpcUrl, url: wsUrl, webSocket, ...options })
  onTestFinished(client.open())
  const { commitment } = client
  return {
    client,
    follow(owners) {
      for (const owner of owners) onTestFinished(client.followAccount({ address: address(owner), commitment }))
    },
    isLive: (owner) => client.isLive({ address: owner as Address, commitment }),
  }
}

/** A clock on which time passes `factor` times as fast as it really does. */
export function createFastClock(factor: number): Clock {
  const [start, startWall] = [performance.now(), Date.now()]
  const passed = () => (performance.now() - start) * factor
  return {
    now: () => start + passed(),
    wallMs: () => startWall + passed(),
    schedule(task, afterMs) {
      const timer = setTimeout(task, Math.min(afterMs / factor, 2 ** 31 - 1))
      return () => clearTimeout(timer)
    },
  }
}

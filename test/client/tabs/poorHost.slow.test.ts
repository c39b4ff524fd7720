// @vitest-environment happy-dom
// TanStack Query polls in pages only.
import { request } from 'node:http'
import { QueryClient } from '@tanstack/query-core'
import { type BalanceClientOptions, type BalanceResult, createBalanceClient, type TokenBalance } from 'lamplight/core'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { balanceApp } from '../balances/balanceApp.js'

const PATIENCE = { timeout: 20_000 }

/** A `fetch` over what is below the host's own, which knows nothing of signals, as React Native's. */
const hostFetch = ((url: string, { headers, body }: RequestInit) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: headers as Record<string, string> }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          ...{ ok: response.statusCode === 200, status: response.statusCode },
          headers: { get: (name: string) => response.headers[name] ?? null },
          text: async () => Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })) as unknown as typeof fetch

afterEach(() => void vi.unstubAllGlobals())

/** What React Native lacks, or has lacked; TanStack Query itself needs an `AbortController`. */
const FACILITIES = [
  ...['atob', 'btoa', 'TextEncoder', 'TextDecoder', 'BroadcastChannel', 'Request', 'Worker', 'crypto', 'navigator'],
  ...['structuredClone', 'requestAnimationFrame', 'document', 'localStorage', 'indexedDB', 'reportError', 'WebSocket'],
  ...['Intl', 'Event', 'EventTarget', 'Blob', 'performance'],
]
const throwing = (name: string) =>
  class {
    constructor() {
      throw new Error(`${name} may not be used here`)
    }
  }
const CONSTRUCTORS = [
  'TextEncoder',
  'TextDecoder',
  'BroadcastChannel',
  'Request',
  'Worker',
  'WebSocket',
  'Event',
  'Blob',
]
/** What each is: not there; or, where it is made with `new`, something that throws then. */
const HOSTS: readonly (readonly [string, (name: string) => unknown])[] = [
  ['is missing', () => undefined],
  ['throws', (name) => (CONSTRUCTORS.includes(name) ? throwing(name) : undefined)],
]

/** A token's balance that changes, as a client that polls shows it. */
async function watched(options: Partial<BalanceClientOptions> = {}) {
  const { net, client, owner } = await balanceApp({ fetch: hostFetch, ...options })
  const mint = net.createMint({ decimals: 2, program: 'token-2022' })
  net.setTokenBalance({ owner, mint, amount: 1234n })
  const seen: BalanceResult[] = []
  return {
    ...{ net, client, owner, mint },
    start: () =>
      void onTestFinished(client.follow({ owner, mint }, (each) => void seen.push(each), { pollInterval: 300 })),
    shown: () => `${(seen.at(-1)?.data as TokenBalance | undefined)?.text} ${seen.at(-1)?.freshness}`,
  }
}

describe("on a host like React Native's", () => {
  it.each(HOSTS)('where all that may be missing %s, a balance is right by polling', async (_, poisoned) => {
    const { net, client, owner, mint, start, shown } = await watched()
    for (const name of FACILITIES) vi.stubGlobal(name, poisoned(name))
    vi.stubGlobal('window', {})
    start()
    await expect.poll(shown, PATIENCE).toBe('12.34 polling')
    net.setTokenBalance({ owner, mint, amount: 5n })
    await expect.poll(shown, PATIENCE).toBe('0.05 polling')
    expect(client.status.getState().lastError).toBeNull()
  })

  it('without an AbortController the client says at once what is missing, and who needs it', async () => {
    vi.stubGlobal('AbortController', undefined)
    const options = { queryClient: new QueryClient(), rpcUrl: 'http://node.example' }
    expect(() => createBalanceClient(options)).toThrow(
      'This environment has no AbortController, which TanStack Query needs. Load a polyfill before the app.',
    )
  })

  it.each(FACILITIES)('without %s alone a balance is right by polling', async (name) => {
    const { start, shown } = await watched()
    vi.stubGlobal(name, undefined)
    start()
    await expect.poll(shown, PATIENCE).toBe('12.34 polling')
  })
})

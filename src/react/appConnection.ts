'use client'

import { useConnection } from '@solana/wallet-adapter-react'
import { useMemo } from 'react'
import type { Commitment } from '../token/account.js'

/** What wallet-adapter's `<ConnectionProvider>` says of the app's node; nothing of it where there is none. */
export interface AppConnection {
  readonly rpcUrl?: string | undefined
  readonly wsUrl?: string | undefined
  readonly commitment?: Commitment | undefined
  /** Sends a body as the app's `Connection` does. */
  readonly sender?: CallsServer | undefined
}

/** web3.js's own client: takes a body, gives the text of the answer, or an error that begins with the status. */
interface CallsServer {
  callServer(body: string, done: (error: Error | null, text?: string) => void): void
}

const COMMITMENTS: readonly unknown[] = ['processed', 'confirmed', 'finalized'] satisfies Commitment[]

/** Takes over what the app has told its `Connection`. wallet-adapter's context is empty, not absent, without its provider. */
export function useAppConnection(): AppConnection {
  const { connection } = useConnection() as Partial<ReturnType<typeof useConnection>>
  return useMemo(() => (connection ? appConnectionOf(connection) : {}), [connection])
}

/** Reads a `Connection` of web3.js; its fields without a name of their own are checked, for another version may have others. */
export function appConnectionOf(connection: object): AppConnection {
  const { rpcEndpoint, commitment, _rpcWsEndpoint, _rpcClient } = connection as Readonly<Record<string, unknown>>
  if (typeof rpcEndpoint !== 'string') return {}
  return {
    rpcUrl: rpcEndpoint,
    wsUrl: typeof _rpcWsEndpoint === 'string' && /^wss?:/.test(_rpcWsEndpoint) ? _rpcWsEndpoint : undefined,
    commitment: COMMITMENTS.includes(commitment) ? (commitment as Commitment) : undefined,
    sender: hasCallServer(_rpcClient) ? _rpcClient : undefined,
  }
}

const hasCallServer = (client: unknown): client is CallsServer =>
  typeof client === 'object' && client !== null && 'callServer' in client && typeof client.callServer === 'function'

/**
 * Makes a `fetch` that sends as this page does, and where the node refuses that (401, 403) or was never reached, as the app's
 * `Connection` does: with its headers, `fetch` and middleware, which web3.js shows to nobody. Without a `config`
 * wallet-adapter makes another `Connection` at each render, so the latest one is asked for.
 */
export function createAppFetch(latest: () => AppConnection): typeof globalThis.fetch {
  let isTheirs = false
  let hasWorked = false
  const theirs = (sender: CallsServer, body: string) =>
    new Promise<Response>((resolve, reject) =>
      sender.callServer(body, (error, text) => {
        if (!error) return resolve(new Response(text))
        const [, status, said] = /^([45]\d\d) [^:]*: ?([\s\S]*)$/.exec(error.message) ?? []
        return status ? resolve(new Response(said, { status: Number(status) })) : reject(error)
      }),
    )
  return async (input, init) => {
    const body = init?.body
    const { rpcUrl, sender } = latest()
    if (typeof body !== 'string' || !sender || !isSameAddress(input, rpcUrl)) return globalThis.fetch(input, init)
    if (isTheirs) return theirs(sender, body)
    const own = await globalThis.fetch(input, init).catch((error: unknown) => {
      if (hasWorked || init?.signal?.aborted) throw error
      return error
    })
    const isRefused = !(own instanceof Response) || own.status === 401 || own.status === 403
    hasWorked ||= !isRefused
    if (!isRefused) return own
    const other = await theirs(sender, body).catch(() => undefined)
    isTheirs = other?.ok ?? false
    if (other && isTheirs) return other
    if (own instanceof Response) return own
    throw own
  }
}

/** Whether a request goes to this address; user and password travel as a header. */
function isSameAddress(input: RequestInfo | URL, rpcUrl: string | undefined): boolean {
  if (rpcUrl === undefined) return false
  const url = new URL(rpcUrl)
  url.username = url.password = ''
  return String(input) === url.href
}

import { QueryClient } from '@tanstack/query-core'
import { type Clock, createBalanceClient } from 'lamplight/core'
import type { LocalnetOptions } from 'lamplight-localnet'
import { localnet } from '../support/localnet.js'
import { type Stage, signerOf } from './stage.js'

/** What is done to the answer of one request: `undefined` leaves it as it is. */
export type Unruly = (method: string, genuine: unknown) => Response | Promise<Response> | undefined

/** An answer with this result. */
export const answer = (result: unknown): Response => Response.json({ jsonrpc: '2.0', id: 1, result })
/** An answer with this error. */
export const refusal = (code: number, message = 'no'): Response =>
  Response.json({ jsonrpc: '2.0', id: 1, error: { code, message } })
export const silence = (): Promise<Response> => new Promise(() => {})

/** A stage whose node answers as it is told to, and a clock on which a wait is over at once. */
export interface UnrulyStage extends Stage {
  unruly: Unruly
  /** Requests so far, by method. */
  readonly asked: Map<string, number>
  /** Time that has passed on the action's clock, in milliseconds. */
  passedMs(): number
}

/** Waits are over in the next turn, and time has passed as if they had been waited for. */
function hurriedClock(): Clock {
  let nowMs = 1_000_000
  return {
    now: () => nowMs,
    wallMs: () => Date.now(),
    schedule(task, afterMs) {
      const timer = setTimeout(() => {
        nowMs += afterMs
        task()
      }, 0)
      return () => clearTimeout(timer)
    },
  }
}

/** Opens one. */
export async function unrulyStage(options: LocalnetOptions = {}): Promise<UnrulyStage> {
  const net = await localnet(options)
  const asked = new Map<string, number>()
  const clock = hurriedClock()
  const startMs = clock.now()
  const signer = signerOf()
  net.fund(signer.address, 10_000_000_000n)
  const seen: Stage['seen'] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    // An id of its own for each request, as it came.
    const { id, method } = JSON.parse(String(init?.body)) as { id: unknown; method: string }
    asked.set(method, (asked.get(method) ?? 0) + 1)
    // What is not to be taken never arrives.
    const early = method === 'sendTransaction' ? stage.unruly(method, undefined) : undefined
    const genuine = early ? undefined : await globalThis.fetch(url, init)
    const result = genuine && ((await genuine.clone().json()) as { result?: unknown }).result
    const told = early ?? (method === 'sendTransaction' ? undefined : stage.unruly(method, result))
    if (!told) return genuine as Response
    const given = await told
    if (!given.ok) return given
    return Response.json({ ...((await given.json()) as object), id })
  }
  const stage: UnrulyStage = {
    ...{ net, signer, seen, asked },
    client: createBalanceClient({
      ...{ queryClient: new QueryClient(), rpcUrl: net.rpcUrl, url: false, fetch },
      limits: { requestTimeoutMs: 1500 },
    }),
    unruly: () => undefined,
    passedMs: () => clock.now() - startMs,
    phases: () => seen.map(({ phase }) => phase),
    options: { onProgress: (progress) => void seen.push(progress), clock } as Stage['options'],
  }
  return stage
}

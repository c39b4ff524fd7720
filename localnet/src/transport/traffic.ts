import { isRecord } from '../node/jsonRpc.js'

/** What went over an endpoint since it started, or since the counts were reset. */
export interface Traffic {
  /** HTTP requests, batches counted once. */
  httpRequests: number
  /** JSON-RPC calls over HTTP by method, also those that a fault answered. */
  requests: Record<string, number>
  /** JSON-RPC calls over sockets by method. */
  wsCalls: Record<string, number>
  /** Sockets that were opened. */
  socketsOpened: number
}

/** Counts that stand at zero. */
export const noTraffic = (): Traffic => ({ httpRequests: 0, requests: {}, wsCalls: {}, socketsOpened: 0 })

/** Adds one to a method's count. */
export function countMethod(counts: Record<string, number>, method: string): void {
  counts[method] = (counts[method] ?? 0) + 1
}

/** The methods a body calls: one, or those of a batch. */
export function methodsIn(body: unknown): string[] {
  const parts: readonly unknown[] = Array.isArray(body) ? body : [body]
  return parts.map((part) => (isRecord(part) && typeof part.method === 'string' ? part.method : 'unknown'))
}

/** Waits; at once when there is nothing to wait for. */
export async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}

import { isLamplightError } from '../base/errors.js'
import { partsOf } from '../base/parts.js'
import { isObject } from '../base/wireText.js'
import { onlyReads } from './rpcClient.js'
import type { Job, Outcome, Send } from './sender.js'

/** An address without its user and password, as endpoints are compared. */
export function bareUrl(address: string | URL): URL {
  const url = new URL(address)
  url.username = url.password = ''
  return url
}

/**
 * Makes a `fetch` that sends JSON-RPC for one of these addresses wherever the route leads. Everything else goes through
 * untouched.
 */
export function createPoolFetch(send: Send, urls: readonly string[], plain?: typeof fetch): typeof fetch {
  return async (input, init) => {
    const body = init?.body
    const url = typeof input === 'string' || input instanceof URL ? absolute(input) : undefined
    const calls = typeof body === 'string' ? callsOf(body) : []
    if (typeof body !== 'string' || !url || !urls.includes(url.href) || calls.length === 0)
      return (plain ?? globalThis.fetch)(input, init)
    const [first] = calls
    const job = {
      method: calls.length > 1 ? 'batch' : String(first?.method),
      params: calls.length === 1 && Array.isArray(first?.params) ? first.params : [],
      body,
      idempotent: calls.every(({ method }) => onlyReads(String(method))),
      // What the app sends along, a password perhaps, is meant for the node it named.
      headers: (target: { readonly url: string }) =>
        new URL(target.url).origin === url.origin ? Object.fromEntries(new Headers(init?.headers)) : {},
    }
    const answered =
      calls.length > 1 ? sendBatch(send, { ...job, size: calls.length }, calls) : send(job).then(responseOf)
    return unlessAborted(answered, init?.signal)
  }
}

/** An address without its secrets; `undefined` for one that only a page makes whole, which is none of ours. */
function absolute(input: string | URL): URL | undefined {
  try {
    return bareUrl(input)
  } catch {
    return undefined
  }
}

/** Sends the calls of a batch, in parts where a node takes no more at once. */
async function sendBatch(send: Send, job: Job, calls: readonly object[]): Promise<Response> {
  const failed = await send(job).catch((error: unknown) => ({ error }))
  const { error } = failed
  const size = isLamplightError(error, 'rpc/too-large') ? Math.min(error.context.limit ?? 1, calls.length - 1) : 0
  if (size < 1) return responseOf(failed as Outcome)
  const answers: string[] = []
  for (const part of partsOf(calls, size)) {
    const response = await sendBatch(send, { ...job, body: JSON.stringify(part), size: part.length }, part)
    const text = (await response.clone().text()).trim()
    if (!text.startsWith('[')) return response
    answers.push(text.slice(1, -1))
  }
  // As text: numbers beyond what JavaScript holds stay as they came.
  return new Response(`[${answers.join()}]`, { headers: { 'content-type': 'application/json' } })
}

/** The calls in a JSON-RPC body; none when it is not JSON-RPC. */
function callsOf(body: string): readonly Record<string, unknown>[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return []
  }
  const calls = Array.isArray(parsed) ? parsed : [parsed]
  return calls.every((each) => isObject(each) && typeof each.method === 'string') ? calls : []
}

function responseOf({ response, text, error }: Outcome): Response {
  if (!response) throw error
  const { status, statusText } = response
  const headers = new Headers(response.headers)
  // The text was unpacked already.
  headers.delete('content-encoding')
  headers.delete('content-length')
  return new Response(text || null, { status, statusText, headers })
}

async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return task
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([task, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

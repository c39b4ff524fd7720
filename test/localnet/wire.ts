import { WebSocket } from 'ws'

/** What a node answers, as it came. */
export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
  readonly id?: unknown
}

/** A notification's parameters, as far as tests look at them. */
export interface Notice {
  readonly method: string
  readonly params: {
    readonly subscription: number
    // biome-ignore lint/suspicious/noExplicitAny: each kind of notification holds something else
    readonly result: any
  }
}

/** Fails when the promise does not settle in time. */
export function within<T>(promise: Promise<T>, what: string, ms = 5_000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${ms} ms`)), ms)
  })
  return Promise.race([promise, expired]).finally(() => clearTimeout(timer))
}

type Found<T> = Exclude<T, false | null | undefined>

/** Waits until the check gives something, and fails when it never does. */
export async function until<T>(check: () => T | Promise<T>, what: string, ms = 15_000): Promise<Found<T>> {
  const end = Date.now() + ms
  for (;;) {
    const found = await check()
    if (found !== false && found !== null && found !== undefined) return found as Found<T>
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms} ms`)
    await pause(5)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends a body as it is. */
export const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** Calls a method and gives the whole answer. */
export async function ask(url: string, method: string, ...params: unknown[]): Promise<Answer> {
  return (await (await post(url, { jsonrpc: '2.0', id: 1, method, params })).json()) as Answer
}

/** Calls a method and gives its result; an answer that says no fails. */
// biome-ignore lint/suspicious/noExplicitAny: each method gives something else
export async function call(url: string, method: string, ...params: unknown[]): Promise<any> {
  const { result, error } = await ask(url, method, ...params)
  if (error) throw new Error(`${method}: ${error.message} (${error.code})`)
  return result
}

/** A socket that remembers what it was sent. */
export interface TestSocket {
  readonly raw: WebSocket
  readonly notices: Notice[]
  readonly texts: string[]
  readonly closed: Promise<number>
  ask(method: string, ...params: unknown[]): Promise<Answer>
  /** The number of the subscription. */
  subscribe(method: string, ...params: unknown[]): Promise<number>
  /** Waits for notifications to be `count` in all. */
  received(count: number): Promise<readonly Notice[]>
}

/** Opens a socket; fails when it does not open. */
export async function openSocket(url: string): Promise<TestSocket> {
  const raw = new WebSocket(url)
  const notices: Notice[] = []
  const texts: string[] = []
  const answers = new Map<number, (answer: Answer) => void>()
  let nextId = 100
  raw.on('message', (data) => {
    texts.push(String(data))
    let message: Partial<Notice> & Answer
    try {
      message = JSON.parse(String(data))
    } catch {
      return
    }
    if (message.method) notices.push(message as Notice)
    else answers.get(message.id as number)?.(message)
  })
  const closed = new Promise<number>((resolve) => raw.on('close', (code) => resolve(code)))
  await within(
    new Promise((resolve, reject) => raw.on('open', resolve).on('error', reject)),
    'the opening of the socket',
  )
  const askOnce = (method: string, ...params: unknown[]): Promise<Answer> => {
    const id = nextId++
    const answer = new Promise<Answer>((resolve) => answers.set(id, resolve))
    raw.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return within(answer, `an answer to ${method}`)
  }
  return {
    raw,
    notices,
    texts,
    closed,
    ask: askOnce,
    async subscribe(method, ...params) {
      const { result, error } = await askOnce(method, ...params)
      if (error || typeof result !== 'number') throw new Error(`${method}: ${JSON.stringify(error ?? result)}`)
      return result
    },
    async received(count) {
      await until(() => notices.length >= count, `notification ${count}`)
      return notices
    },
  }
}

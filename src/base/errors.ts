interface Row<C> {
  readonly retryable: boolean
  readonly text: (context: C) => string
}
const row = <C>(retryable: boolean, text: (context: C) => string): Row<C> => ({ retryable, text })

/** One row per failure: whether trying again can help, and what to say. Texts are deterministic and hold no secret. */
const rows = {
  'input/invalid-address': row(
    false,
    (c: { argument: string; input: string; why: string }) =>
      `${c.argument}: "${c.input}" is not a Solana address (${c.why}). Expected a PublicKey or 32 bytes in base58.`,
  ),
  'input/invalid-url': row(
    false,
    (c: { argument: string; input: string; expected: string }) =>
      `${c.argument}: "${c.input}" is not a usable URL. Expected ${c.expected}.`,
  ),
  'input/invalid-value': row(
    false,
    (c: { argument: string; input: string; expected: string }) =>
      `${c.argument}: ${c.input} is not allowed. Expected ${c.expected}.`,
  ),
  'account/not-token': row(
    false,
    (c: { address: string; why: string }) => `${c.address} is not a token account: ${c.why}.`,
  ),
  // Retryable, because a mint may be read before the cluster has confirmed its creation.
  'account/no-mint': row(true, (c: { address: string }) => `mint: ${c.address} does not exist.`),
  'account/not-mint': row(
    false,
    (c: { address: string; why: string }) => `mint: ${c.address} is not a token mint: ${c.why}.`,
  ),
  'rpc/unreachable': row(true, (c: { endpoint: string }) => `${c.endpoint} could not be reached.`),
  'rpc/timeout': row(
    true,
    (c: { endpoint: string; afterMs: number }) => `${c.endpoint} did not answer within ${c.afterMs} ms.`,
  ),
  'rpc/rate-limited': row(
    true,
    (c: { endpoint: string; retryAfterMs: number | null }) =>
      `${c.endpoint} refuses more requests for now (429)${c.retryAfterMs === null ? '' : `; again in ${c.retryAfterMs} ms`}.`,
  ),
  'rpc/http-status': row(
    true,
    (c: { endpoint: string; status: number }) => `${c.endpoint} answered with HTTP status ${c.status}.`,
  ),
  'rpc/malformed': row(
    true,
    (c: { endpoint: string; method: string }) =>
      `${c.endpoint} answered ${c.method} with something that is not JSON-RPC.`,
  ),
  'rpc/refused': row(
    true,
    (c: { endpoint: string; method: string; rpcCode: number; rpcMessage: string }) =>
      `${c.endpoint} refused ${c.method}: ${c.rpcMessage} (${c.rpcCode}).`,
  ),
  'rpc/dropped-request': row(true, (c: { why: string }) => `A request was not sent: ${c.why}.`),
  'rpc/behind': row(
    true,
    (c: { endpoint: string; minSlot: number }) => `${c.endpoint} has not reached slot ${c.minSlot} yet.`,
  ),
  'socket/unavailable': row(
    false,
    () => 'This environment has no WebSocket. Pass one as the option "webSocket", or url: false to poll only.',
  ),
  'socket/closed': row(
    true,
    (c: { endpoint: string; closeCode: number; why: string }) =>
      `The connection to ${c.endpoint} ended: ${c.why} (${c.closeCode}).`,
  ),
  'socket/dropped-request': row(
    true,
    (c: { method: string; why: string }) => `The request ${c.method} was not sent: ${c.why}.`,
  ),
  'socket/subscription-refused': row(
    false,
    (c: { address: string; rpcCode: number; rpcMessage: string }) =>
      `The node refused to watch ${c.address}: ${c.rpcMessage} (${c.rpcCode}).`,
  ),
  'client/not-loaded': row(true, (c: { part: string }) => `The code of ${c.part} could not be loaded.`),
  'wallet/unavailable': row(
    false,
    (c: { request: string; why: string }) => `The wallet cannot be asked for ${c.request}: ${c.why}.`,
  ),
  'wallet/rejected': row(false, (c: { request: string }) => `${c.request} was refused in the wallet.`),
  'wallet/failed': row(true, (c: { request: string; why: string }) => `The wallet failed at ${c.request}: ${c.why}.`),
  'storage/failed': row(
    true,
    (c: { action: 'read' | 'write' | 'remove'; why: string }) => `Stored balances: ${c.action} failed (${c.why}).`,
  ),
  'react/no-provider': row(false, (c: { consumer: string }) => `${c.consumer} needs a <WebSocketProvider> above it.`),
} as const

/** What went wrong, as `area/what`. */
export type ErrorCode = keyof typeof rows
/** The facts that come with one code. */
export type ErrorContext<C extends ErrorCode = ErrorCode> = Parameters<(typeof rows)[C]['text']>[0]

/**
 * Every error this library throws or returns. Branch on `code` and `context`, never on `message`.
 * @example
 * if (error instanceof LamplightError && !error.retryable) toast(error.message)
 */
export class LamplightError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'LamplightError'
  readonly code: C
  readonly context: ErrorContext<C>
  /** Whether the same call can succeed later. */
  readonly retryable: boolean

  /** By name, not by class: two copies of the package in one app, or an error built without this table, still match. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'LamplightError'
  }

  constructor(code: C, context: ErrorContext<C>, options?: ErrorOptions) {
    super((rows[code].text as (c: ErrorContext<C>) => string)(context), options)
    this.code = code
    this.context = context
    this.retryable = rows[code].retryable
  }
}

/**
 * Tells whether a caught value is this library's error, and of which code.
 * @example
 * if (isLamplightError(error, 'rpc/rate-limited')) console.log(error.context.retryAfterMs)
 */
export function isLamplightError<C extends ErrorCode = ErrorCode>(
  value: unknown,
  code?: C,
): value is LamplightError<C> {
  return value instanceof LamplightError && (code === undefined || value.code === code)
}

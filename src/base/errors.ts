import { redactedCause, redactor } from './redact.js'

/** The facts that come with each code. */
export interface ErrorTable {
  'input/invalid-address': { readonly argument: string; readonly input: string; readonly why: string }
  'input/invalid-url': { readonly argument: string; readonly input: string; readonly expected: string }
  'input/invalid-value': { readonly argument: string; readonly input: string; readonly expected: string }
  'account/not-token': { readonly address: string; readonly why: string }
  'account/no-mint': { readonly address: string }
  'account/not-mint': { readonly address: string; readonly why: string }
  'account/foreign-record': { readonly address: string; readonly found: string }
  'rpc/unreachable': { readonly endpoint: string }
  'rpc/timeout': { readonly endpoint: string; readonly afterMs: number }
  'rpc/rate-limited': { readonly endpoint: string; readonly retryAfterMs: number | null }
  /** `why` is the node's own word, `null` when it gave none. */
  'rpc/http-status': { readonly endpoint: string; readonly status: number; readonly why: string | null }
  /** `limit` is how many accounts, or calls of a batch, the node may take in one request; `null` where it did not say. */
  'rpc/too-large': {
    readonly endpoint: string
    readonly method: string
    readonly limit: number | null
    readonly why: string | null
  }
  'rpc/impossible-slot': { readonly endpoint: string; readonly slot: number }
  'rpc/malformed': { readonly endpoint: string; readonly method: string }
  'rpc/refused': {
    readonly endpoint: string
    readonly method: string
    readonly rpcCode: number
    readonly rpcMessage: string
  }
  'rpc/dropped-request': { readonly why: string }
  'rpc/behind': { readonly endpoint: string; readonly minSlot: number }
  'socket/unavailable': Record<string, never>
  /** `facility` is the browser's function that failed, such as `BroadcastChannel`. */
  'socket/not-shared': { readonly facility: string; readonly why: string }
  'socket/closed': { readonly endpoint: string; readonly closeCode: number; readonly why: string }
  'socket/dropped-request': { readonly method: string; readonly why: string }
  'socket/subscription-refused': { readonly address: string; readonly rpcCode: number; readonly rpcMessage: string }
  'client/not-loaded': { readonly part: string }
  /** The host lacks what nothing can be done without. */
  'client/no-facility': { readonly facility: string; readonly neededBy: string }
  'wallet/unavailable': { readonly request: string; readonly why: string }
  'wallet/rejected': { readonly request: string }
  /** The wallet signed, or sent (`signature`), another transaction than it was asked for. */
  'wallet/altered': { readonly request: string; readonly why: string; readonly signature: string | null }
  'wallet/failed': { readonly request: string; readonly why: string }
  'storage/failed': { readonly action: 'read' | 'write' | 'remove'; readonly why: string }
  'react/no-provider': { readonly consumer: string }
  'action/refused': { readonly action: string; readonly reason: RefusalReason; readonly why: string }
  'action/failed': {
    readonly action: string
    /** The program's own reason, in a word. */
    readonly reason: FailureReason
    readonly why: string
    /** `null` when it failed before it was sent. */
    readonly signature: string | null
    readonly logs: readonly string[]
  }
  'action/expired': { readonly action: string; readonly signature: string }
  /** Given up before it was sent; it cannot land. */
  'action/cancelled': { readonly action: string }
  /** It may have landed, or may yet: `signature` is where to look, `null` where the wallet did not even say that. */
  'action/unconfirmed': { readonly action: string; readonly signature: string | null; readonly why: string }
}
/** Why an action was not started. */
export type RefusalReason =
  | 'insufficient-funds'
  | 'insufficient-sol'
  | 'no-account'
  | 'frozen'
  | 'paused'
  | 'non-transferable'
  | 'invalid-recipient'
  | 'program-recipient'
  | 'transfer-hook'
  | 'not-empty'
  | 'wrong-owner'
  | 'duplicate'
/** Why a program refused a transaction. */
export type FailureReason =
  | 'insufficient-funds'
  | 'insufficient-sol'
  | 'frozen'
  | 'paused'
  | 'non-transferable'
  | 'wrong-owner'
  | 'wrong-mint'
  | 'not-empty'
  | 'no-account'
  | 'below-rent'
  | 'unknown'
/** What went wrong, as `area/what`. */
export type ErrorCode = keyof ErrorTable
/** The facts that come with one code. */
export type ErrorContext<C extends ErrorCode = ErrorCode> = ErrorTable[C]

/** What is said of one code. Texts are deterministic and hold no secret. */
export interface ErrorRow<C extends ErrorCode = ErrorCode> {
  /** Whether trying again can help; for some codes that depends on their context. */
  readonly retryable: boolean | ((context: ErrorContext<C>) => boolean)
  readonly text: (context: ErrorContext<C>) => string
}
/** One row for each of these codes. */
export type ErrorRows<C extends ErrorCode> = { readonly [K in C]: ErrorRow<K> }
/** Makes a row. */
export const errorRow = <C>(retryable: boolean | ((context: C) => boolean), text: (context: C) => string) => ({
  retryable,
  text,
})
const row = errorRow

/** Codes whose texts load with the page; those of code that is loaded on demand are in `laterErrors`. */
type EarlyCode = Extract<ErrorCode, `${'input' | 'account' | 'client' | 'react'}/${string}`>
const early: ErrorRows<EarlyCode> = {
  'input/invalid-address': row(
    false,
    (c) =>
      `${c.argument}: "${c.input}" is not a Solana address (${c.why}). Expected a PublicKey or 32 bytes in base58.`,
  ),
  'input/invalid-url': row(false, (c) => `${c.argument}: "${c.input}" is not a usable URL. Expected ${c.expected}.`),
  'input/invalid-value': row(false, (c) => `${c.argument}: ${c.input} is not allowed. Expected ${c.expected}.`),
  'account/not-token': row(false, (c) => `${c.address} is not a token account: ${c.why}.`),
  // Retryable, because a mint may be read before the cluster has confirmed its creation.
  'account/no-mint': row(true, (c) => `mint: ${c.address} does not exist.`),
  'account/not-mint': row(false, (c) => `mint: ${c.address} is not a token mint: ${c.why}.`),
  'account/foreign-record': row(
    false,
    (c) =>
      `${c.address}: the query cache gave ${c.found} for it. Expected its own record: leave out placeholderData, initialData and setQueryData.`,
  ),
  'client/not-loaded': row(true, (c) => `The code of ${c.part} could not be loaded.`),
  'client/no-facility': row(
    false,
    (c) => `This environment has no ${c.facility}, which ${c.neededBy} needs. Load a polyfill before the app.`,
  ),
  'react/no-provider': row(false, (c) => `${c.consumer} needs a <WebSocketProvider> above it.`),
}

/** What comes with an error besides its facts. */
export interface CauseOptions extends ErrorOptions {
  /** What no text of this error and its causes may hold; see `secretsOf`. URLs are cut to their hosts in any case. */
  readonly secrets?: readonly string[] | undefined
}

/** What the constructor takes besides: codes without a text here bring one along. */
export type ErrorArguments<C extends ErrorCode> = C extends EarlyCode
  ? [options?: CauseOptions | undefined, row?: ErrorRow<C>]
  : [options: CauseOptions | undefined, row: ErrorRow<C>]

/**
 * Every error this library throws or returns. Branch on `code` and `context`, never on `message`. No text of it, its context,
 * its stack or its causes holds more of a URL than scheme and host: what a node, a browser or a wallet says is cleaned here.
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
    try {
      return value instanceof Error && value.name === 'LamplightError'
    } catch {
      // A proxy whose traps throw, which is nobody's error.
      return false
    }
  }

  constructor(code: C, context: ErrorContext<C>, ...[options, row = early[code as EarlyCode]]: ErrorArguments<C>) {
    const redact = redactor(options?.secrets)
    const facts = redactedCause(context, redact) as ErrorContext<C>
    const text = redact((row as ErrorRow<C>).text(facts))
    const cause = redactedCause(options?.cause, redact)
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
    this.context = facts
    const { retryable } = row as ErrorRow<C>
    this.retryable = typeof retryable === 'function' ? retryable(facts) : retryable
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

import {
  type CauseOptions,
  type ErrorArguments,
  type ErrorCode,
  type ErrorContext,
  type ErrorRows,
  LamplightError,
  errorRow as row,
} from './errors.js'

/** Codes of what is loaded on demand. */
type LaterCode = Extract<ErrorCode, `${'rpc' | 'socket' | 'wallet' | 'storage' | 'action'}/${string}`>
/**
 * JSON-RPC codes of what passes by itself: server error, scan error, block not there yet (twice), unhealthy, archive out of
 * reach, internal error. All others say that the request is wrong, or that this node will never answer it.
 */
const PASSING_CODES: ReadonlySet<number> = new Set([-32000, -32012, -32004, -32014, -32005, -32019, -32603])
/** The node's own words, where it had any. */
const quoted = (why: string | null) => (why ? `: "${why}"` : '')
const later: ErrorRows<LaterCode> = {
  'rpc/unreachable': row(true, (c) => `${c.endpoint} could not be reached.`),
  'rpc/timeout': row(true, (c) => `${c.endpoint} did not answer within ${c.afterMs} ms.`),
  'rpc/rate-limited': row(
    true,
    (c) =>
      `${c.endpoint} refuses more requests for now (429)${c.retryAfterMs === null ? '' : `; again in ${c.retryAfterMs} ms`}.`,
  ),
  'rpc/http-status': row(
    // Of what a client did wrong (4xx) only time-outs and "too early" end by themselves.
    (c) => c.status < 400 || c.status >= 500 || c.status === 408 || c.status === 425,
    (c) => {
      const reason = quoted(c.why)
      if (c.status === 401)
        return `${c.endpoint} does not know this key (401)${reason}. Check the key, or use another RPC.`
      if (c.status === 403)
        return `${c.endpoint} refuses this page (403)${reason}. It may refuse browsers, need a key, or need your domain on its allow-list; use another RPC.`
      return `${c.endpoint} answered with HTTP status ${c.status}${reason}.`
    },
  ),
  'rpc/too-large': row(
    false,
    (c) => `${c.endpoint} refused ${c.method}: the request is too large for it${quoted(c.why)}.`,
  ),
  'rpc/malformed': row(true, (c) => `${c.endpoint} answered ${c.method} with something that cannot be read.`),
  'rpc/refused': row(
    (c) => PASSING_CODES.has(c.rpcCode),
    (c) => `${c.endpoint} refused ${c.method}: ${c.rpcMessage} (${c.rpcCode}).`,
  ),
  'rpc/impossible-slot': row(
    true,
    (c) => `${c.endpoint} named slot ${c.slot}, which its chain cannot have reached by now. The answer was ignored.`,
  ),
  'rpc/dropped-request': row(true, (c) => `A request was not sent: ${c.why}.`),
  'rpc/behind': row(true, (c) => `${c.endpoint} has not reached slot ${c.minSlot} yet.`),
  'socket/unavailable': row(
    false,
    () => 'This environment has no WebSocket. Pass one as the option "webSocket", or url: false to poll only.',
  ),
  'socket/not-shared': row(
    false,
    (c) => `Tabs cannot share a connection here: ${c.facility} failed (${c.why}). This tab has one of its own.`,
  ),
  'socket/closed': row(true, (c) => `The connection to ${c.endpoint} ended: ${c.why} (${c.closeCode}).`),
  'socket/dropped-request': row(true, (c) => `The request ${c.method} was not sent: ${c.why}.`),
  'socket/subscription-refused': row(
    false,
    (c) => `The node refused to watch ${c.address}: ${c.rpcMessage} (${c.rpcCode}).`,
  ),
  'wallet/unavailable': row(false, (c) => `The wallet cannot be asked for ${c.request}: ${c.why}.`),
  'wallet/rejected': row(false, (c) => `${c.request} was refused in the wallet.`),
  'wallet/altered': row(
    false,
    (c) =>
      `The wallet changed the ${c.request}: ${c.why}. ${c.signature === null ? 'It was not sent.' : `What it sent is ${c.signature}.`}`,
  ),
  'wallet/failed': row(true, (c) => `The wallet failed at ${c.request}: ${c.why}.`),
  'action/refused': row(false, (c) => `The ${c.action} was not started: ${c.why}.`),
  'action/failed': row(false, (c) => `The ${c.action} failed: ${c.why}.`),
  'action/expired': row(true, (c) => `The ${c.action} was not confirmed before it expired; nothing was moved.`),
  'action/cancelled': row(true, (c) => `The ${c.action} was cancelled before it was sent; nothing was moved.`),
  'action/unconfirmed': row(
    false,
    (c) =>
      `The ${c.action} may have gone through: ${c.why}. Look ${c.signature === null ? 'in the wallet' : `for ${c.signature}`} before it is made again.`,
  ),
  'storage/failed': row(true, (c) => `Stored balances: ${c.action} failed (${c.why}).`),
}

/** Makes an error of code that is loaded on demand: its text comes with that code and not with the page. */
export function laterError<C extends LaterCode>(
  code: C,
  context: ErrorContext<C>,
  options?: CauseOptions,
): LamplightError<C> {
  const rest: unknown = [options, later[code]]
  return new LamplightError<C>(code, context, ...(rest as ErrorArguments<C>))
}

/** The same error, of which no text holds any of these. */
export const withoutSecrets = ({ code, context, cause }: LamplightError, secrets: readonly string[]): LamplightError =>
  laterError(code as LaterCode, context as never, { cause, secrets })

/** Makes an error of any code, as one that another tab has sent. */
export const anyError = (code: ErrorCode, context: ErrorContext): LamplightError =>
  code in later
    ? laterError(code as LaterCode, context as never)
    : (new LamplightError(code as 'react/no-provider', context as never) as LamplightError)

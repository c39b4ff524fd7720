import type { Instant } from '../../base/clock.js'
import type { ErrorCode, ErrorContext } from '../../base/errors.js'
import {
  anyOf,
  isCount,
  isNumber,
  isText,
  isTime,
  isYesNo,
  listOf,
  objectOf,
  oneOf,
  orNull,
  type Shape,
  tableOf,
} from '../../base/shape.js'
import { isObject } from '../../base/wireText.js'
import type { SocketState } from '../../socket/socket.js'
import { isAccountAt, isAccountRequest, isCommitment } from '../../token/shapes.js'
import { isSlot } from '../../token/slots.js'
import {
  type LeaderMessage,
  type LeaderStatus,
  type OpenChannel,
  openSafely,
  type RequestsMessage,
  type SentError,
  sharedName,
  type TabChannel,
  type TabMessage,
  type TabReads,
} from './tabChannel.js'

/** What a connection can fail of. */
type ConnectionCode = Extract<ErrorCode, `${'rpc' | 'socket' | 'client'}/${string}`>

const endpoint = { endpoint: isText }
const CONTEXTS: { readonly [C in ConnectionCode]: Shape<ErrorContext<C>> } = {
  'rpc/unreachable': objectOf<ErrorContext<'rpc/unreachable'>>(endpoint),
  'rpc/timeout': objectOf<ErrorContext<'rpc/timeout'>>({ ...endpoint, afterMs: isNumber }),
  'rpc/rate-limited': objectOf<ErrorContext<'rpc/rate-limited'>>({ ...endpoint, retryAfterMs: orNull(isNumber) }),
  'rpc/http-status': objectOf<ErrorContext<'rpc/http-status'>>({ ...endpoint, status: isNumber, why: orNull(isText) }),
  'rpc/too-large': objectOf<ErrorContext<'rpc/too-large'>>({
    ...{ ...endpoint, method: isText, limit: orNull(isNumber), why: orNull(isText) },
  }),
  'rpc/impossible-slot': objectOf<ErrorContext<'rpc/impossible-slot'>>({ ...endpoint, slot: isNumber }),
  'rpc/malformed': objectOf<ErrorContext<'rpc/malformed'>>({ ...endpoint, method: isText }),
  'rpc/refused': objectOf<ErrorContext<'rpc/refused'>>({
    ...{ ...endpoint, method: isText, rpcCode: isNumber, rpcMessage: isText },
  }),
  'rpc/dropped-request': objectOf<ErrorContext<'rpc/dropped-request'>>({ why: isText }),
  'rpc/behind': objectOf<ErrorContext<'rpc/behind'>>({ ...endpoint, minSlot: isNumber }),
  'socket/unavailable': objectOf<ErrorContext<'socket/unavailable'>>({}),
  'socket/not-shared': objectOf<ErrorContext<'socket/not-shared'>>({ facility: isText, why: isText }),
  'socket/closed': objectOf<ErrorContext<'socket/closed'>>({ ...endpoint, closeCode: isNumber, why: isText }),
  'socket/dropped-request': objectOf<ErrorContext<'socket/dropped-request'>>({ method: isText, why: isText }),
  'socket/subscription-refused': objectOf<ErrorContext<'socket/subscription-refused'>>({
    ...{ address: isText, rpcCode: isNumber, rpcMessage: isText },
  }),
  'client/no-facility': objectOf<ErrorContext<'client/no-facility'>>({ facility: isText, neededBy: isText }),
  'client/not-loaded': objectOf<ErrorContext<'client/not-loaded'>>({ part: isText }),
}
const isError: Shape<SentError> = (value): value is SentError =>
  isObject(value) &&
  Object.keys(value).length === 2 &&
  isText(value.code) &&
  Object.hasOwn(CONTEXTS, value.code) &&
  CONTEXTS[value.code as ConnectionCode](value.context)

/** A `SocketState`, its error as it crosses. */
type SentState<S = SocketState> = S extends { readonly error: unknown }
  ? Omit<S, 'error'> & { readonly error: SentError }
  : S
type StateOf<N extends SocketState['name']> = Extract<SentState, { readonly name: N }>

const pause = { attempt: isCount, retryAtMs: isNumber, error: isError }
const isState = anyOf<SentState>(
  objectOf<StateOf<'idle'>>({ name: oneOf('idle') }),
  objectOf<StateOf<'connecting'>>({ name: oneOf('connecting'), attempt: isCount }),
  objectOf<StateOf<'open'>>({ name: oneOf('open'), sinceMs: isNumber }),
  objectOf<StateOf<'suspect'>>({ name: oneOf('suspect'), sinceMs: isNumber, heardAtMs: isNumber }),
  objectOf<StateOf<'waiting'>>({ name: oneOf('waiting'), ...pause }),
  objectOf<StateOf<'offline'>>({ name: oneOf('offline'), ...pause }),
  objectOf<StateOf<'suspended'>>({ name: oneOf('suspended'), sinceMs: isNumber }),
  objectOf<StateOf<'failed'>>({ name: oneOf('failed'), error: isError, retryAtMs: orNull(isNumber) }),
)

const isInstant = objectOf<Instant>({ ms: isTime, wallMs: isTime })
/** A silence of less than nothing would prove what was not heard yet. */
const isSilence: Shape<number> = (value): value is number => isNumber(value) && value >= 0
const isStatus = objectOf<LeaderStatus>({
  state: isState as Shape<LeaderStatus['state']>,
  latencyMs: orNull(isNumber),
  slot: orNull(isSlot),
  isSynced: isYesNo,
  silentMs: orNull(isSilence),
  live: listOf(isText),
  heard: tableOf(isCount),
})

type LiveRegion<T extends LeaderMessage['type']> = Extract<LeaderMessage, { readonly type: T }>
const by = { leader: isText, term: isTime, seq: isCount, at: isInstant }

/** Whether somebody's words are a leader's. */
export const isLeaderMessage: Shape<LeaderMessage> = anyOf<LeaderMessage>(
  objectOf<LiveRegion<'account'>>({
    ...{ ...by, type: oneOf('account'), account: isAccountAt, commitment: isCommitment, lagging: isYesNo },
  }),
  objectOf<LiveRegion<'beat'>>({ ...by, type: oneOf('beat'), status: isStatus }),
  objectOf<LiveRegion<'error'>>({ ...by, type: oneOf('error'), error: isError }),
  objectOf<LiveRegion<'bye'>>({ ...by, type: oneOf('bye') }),
)

type Told<T extends TabMessage['type']> = Extract<TabMessage, { readonly type: T }>
const from = { from: isText }

/** Whether somebody's words are what any tab says. */
export const isTabMessage: Shape<TabMessage> = anyOf<TabMessage>(
  objectOf<RequestsMessage>({
    ...{ ...from, type: oneOf('requests'), count: isCount, requests: listOf(isAccountRequest) },
    ...{ isVisible: isYesNo, isNew: isYesNo },
  }),
  objectOf<TabReads>({
    ...{ ...from, type: oneOf('reads'), at: isInstant },
    accounts: listOf(objectOf<TabReads['accounts'][number]>({ account: isAccountAt, commitment: isCommitment })),
  }),
  objectOf<Told<'leave'>>({ ...from, type: oneOf('leave') }),
  objectOf<Told<'reconnect'>>({ ...from, type: oneOf('reconnect') }),
)

/** Opens the tabs' channel; `undefined` where that fails. */
export function openTabChannel(
  open: OpenChannel,
  name: string,
  on: {
    leader(message: LeaderMessage): void
    tab(message: TabMessage): void
    /** Every script of the origin can speak here. What is left out is missed, and then asked for. */
    malformed(): void
    failed(cause: unknown): void
  },
): TabChannel | undefined {
  return openSafely(open, sharedName(name), {
    failed: on.failed,
    heard(data) {
      if (isLeaderMessage(data)) on.leader(data)
      else if (isTabMessage(data)) on.tab(data)
      else on.malformed()
    },
  })
}

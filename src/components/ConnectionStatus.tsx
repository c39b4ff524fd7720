'use client'

import type { ComponentProps, ReactNode } from 'react'
import type { Instant } from '../base/clock.js'
import { type UseConnectionStatusReturnType, useConnectionStatus } from '../react/useConnectionStatus.js'
import { Announcement } from './Announcement.js'
import { useText } from './LamplightI18n.js'
import type { Messages } from './messages/messages.js'
import { reasonOf } from './messages/reason.js'
import { RetryButton } from './RetryButton.js'
import { StatusDot } from './StatusDot.js'

type Status = Omit<UseConnectionStatusReturnType, 'reconnect'>

/** What `<ConnectionStatus>` takes: any attribute of a `<div>` beside these. */
export interface ConnectionStatusProps extends Omit<ComponentProps<'div'>, 'children'> {
  /** Whether a screen reader is told of lasting changes, politely. Have one such element on a page. @default false */
  readonly announce?: boolean | undefined
  /** Draws the content instead; the element and its `data-state` stay. */
  readonly children?: ((status: UseConnectionStatusReturnType) => ReactNode) | undefined
}

/**
 * Says in words whether the balances on the page are live, why they are not, and offers to try again. It takes the width
 * it is given, and the same height in every state. Style it through `data-state` (the connection) and `data-freshness`
 * (the values).
 * @example
 * <ConnectionStatus announce />
 */
export function ConnectionStatus({ announce = false, children, ...div }: ConnectionStatusProps) {
  const status = useConnectionStatus()
  const { messages, attributes } = useText()
  const { state, freshness } = status
  return (
    <div data-lamp="connection-status" data-state={state} data-freshness={freshness} {...attributes} {...div}>
      {children ? children(status) : <Line {...status} />}
      {announce && <Announcement status={status} messages={messages} />}
    </div>
  )
}

function Line({ reconnect, ...status }: UseConnectionStatusReturnType) {
  const { messages, when } = useText()
  const { lastError, nextRetryAt } = status
  const smallPrint = smallPrintOf(status, messages)
  const say = ({ wallMs: nowMs }: Instant) => {
    const next =
      nextRetryAt !== null && nextRetryAt > nowMs && messages.connection.nextAttempt(when(nextRetryAt - nowMs))
    const sentences = [
      smallPrint || messagesOf(status, messages),
      lastError && messages.reason[reasonOf(lastError)],
      next,
    ]
    return [...new Set(sentences.filter(Boolean))].join(' ')
  }
  return (
    <div data-part="line">
      <StatusDot isQuiet={isFine(status)} isMute say={say} detail={lastError?.message} />
      <span data-part="messages">{messagesOf(status, messages)}</span>
      <small>{smallPrint}</small>
      <RetryButton isOffered={isDown(status)} isTrying={isRetrying(status)} onRetry={reconnect} />
    </div>
  )
}

/** As it should be, or on its way there for the first time. */
function isFine({ state, freshness, polling, lastError }: Status): boolean {
  if (state === 'idle') return polling === 'running' && (freshness === 'polling' || !lastError)
  return state === 'live' || !lastError
}

/** Between two attempts and during one a person is told the same: words that come and go every second tell nothing. */
const isRetrying = ({ state, attempt }: Status) => state === 'connecting' && attempt > 0

function isDown({ state, lastError, polling }: Status): boolean {
  if (state === 'waiting' || state === 'offline') return true
  return state === 'failed' ? (lastError?.retryable ?? false) : polling === 'stopped' && state !== 'live'
}

function messagesOf(status: Status, { connection }: Messages): string {
  const { state, freshness, polling } = status
  if (state !== 'idle') return connection[isRetrying(status) ? 'waiting' : state]
  // Polling without a connection is a choice (url: false), not a fault; failing at it is one.
  if (polling === 'stopped') return connection.stopped
  return freshness === 'polling' ? connection.polling : connection.idle
}

/** What the state means for the values on the page; nothing while there are none. */
function smallPrintOf({ state, freshness, slotLag, lastError, polling }: Status, messages: Messages): string {
  if (state === 'failed' && lastError) return messages.reason[reasonOf(lastError)]
  const hasValues = slotLag !== null
  if (state === 'live' || !hasValues || (state === 'idle' && polling === 'running')) return ''
  return freshness === 'polling' ? messages.connection.refreshed : messages.connection.outdated
}

'use client'

import type { ComponentProps, ReactNode } from 'react'
import { type UseConnectionStatusReturnType, useConnectionStatus } from '../react/useConnectionStatus.js'

type ConnectionStatusData = Omit<UseConnectionStatusReturnType, 'reconnect'>

/** What `<ConnectionStatus>` takes: any attribute of a `<div>` beside these. */
export interface ConnectionStatusProps extends Omit<ComponentProps<'div'>, 'children'> {
  /** Whether a screen reader is told of changes, politely. Have one such element on a page. @default false */
  readonly announce?: boolean | undefined
  /** Draws the content instead; the element and its `data-state` stay. */
  readonly children?: ((status: UseConnectionStatusReturnType) => ReactNode) | undefined
}

/**
 * Says in words whether the balances on the page are live, and offers to try again when they are not. Style it through
 * `data-state` (the connection) and `data-freshness` (the values).
 * @example
 * <ConnectionStatus announce />
 */
export function ConnectionStatus({ announce = false, children, ...div }: ConnectionStatusProps) {
  const status = useConnectionStatus()
  const { state, freshness } = status
  return (
    <div
      data-lamp="connection-status"
      data-state={state}
      data-freshness={freshness}
      role={announce ? 'status' : undefined}
      title={status.lastError?.message}
      {...div}
    >
      {children ? children(status) : drawn(status)}
    </div>
  )
}

const WORDS: Record<UseConnectionStatusReturnType['state'], string> = {
  idle: 'Idle',
  connecting: 'Connecting…',
  syncing: 'Catching up…',
  live: 'Live',
  suspect: 'The connection does not answer…',
  waiting: 'Reconnecting…',
  offline: 'Offline',
  suspended: 'Paused',
  failed: 'Cannot connect',
  closed: 'Disconnected',
}

function drawn({ reconnect, ...status }: UseConnectionStatusReturnType): ReactNode {
  const { state, freshness, lastError } = status
  // Polling without a connection is a choice (url: false), not a fault.
  const words = state === 'idle' && freshness === 'polling' ? 'Refreshed every few seconds' : WORDS[state]
  const canRetry = state === 'waiting' || state === 'offline' || (state === 'failed' && lastError?.retryable)
  return (
    <>
      <span>{words}</span>
      {smallPrintOf(status)}
      {canRetry && (
        <button type="button" onClick={reconnect}>
          Retry now
        </button>
      )}
    </>
  )
}

/** What the state means for the values on the page; nothing while there are none. */
function smallPrintOf({ state, freshness, slotLag, lastError }: ConnectionStatusData): ReactNode {
  if (state === 'failed') return <small>{lastError?.message}</small>
  const hasValues = slotLag !== null
  if (state === 'live' || state === 'idle' || !hasValues) return null
  return (
    <small>{freshness === 'polling' ? 'Values are refreshed every few seconds' : 'Values may be out of date'}</small>
  )
}

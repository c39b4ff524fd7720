'use client'

import { type ComponentProps, type ReactNode, useEffect, useState } from 'react'
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
      title={status.lastError?.message}
      {...div}
    >
      {children ? children(status) : drawn(status)}
      {announce && <Announcement text={wordsOf(status)} />}
    </div>
  )
}

/** Says a state once it has held for a while: a connection that drops and comes back is not worth interrupting for. */
function Announcement({ text }: { readonly text: string }) {
  const [said, say] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => say(text), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <span role="status" style={UNSEEN}>
      {said}
    </span>
  )
}
const SETTLED_MS = 1500
const UNSEEN = {
  position: 'absolute',
  inlineSize: 1,
  blockSize: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const

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

function wordsOf({ state, freshness, polling }: ConnectionStatusData): string {
  if (state !== 'idle') return WORDS[state]
  // Polling without a connection is a choice (url: false), not a fault; failing at it is one.
  if (polling === 'stopped') return 'Cannot refresh'
  return freshness === 'polling' ? 'Refreshed every few seconds' : WORDS.idle
}

function drawn({ reconnect, ...status }: UseConnectionStatusReturnType): ReactNode {
  const { state, lastError, polling } = status
  const isDown = state === 'waiting' || state === 'offline' || (state === 'failed' && lastError?.retryable)
  return (
    <>
      <span>{wordsOf(status)}</span>
      {smallPrintOf(status)}
      {(isDown || (polling === 'stopped' && state !== 'live')) && (
        <button type="button" onClick={reconnect}>
          Retry now
        </button>
      )}
    </>
  )
}

/** What the state means for the values on the page; nothing while there are none. */
function smallPrintOf({ state, freshness, slotLag, lastError, polling }: ConnectionStatusData): ReactNode {
  if (state === 'failed') return <small>{lastError?.message}</small>
  const hasValues = slotLag !== null
  if (state === 'live' || !hasValues || (state === 'idle' && polling === 'running')) return null
  return (
    <small>{freshness === 'polling' ? 'Values are refreshed every few seconds' : 'Values may be out of date'}</small>
  )
}

'use client'

import { useEffect, useRef, useState } from 'react'
import type { UseConnectionStatusReturnType } from '../react/useConnectionStatus.js'
import { LiveRegion } from './LiveRegion.js'
import type { Messages } from './messages/messages.js'

type Status = Pick<UseConnectionStatusReturnType, 'state' | 'freshness' | 'polling' | 'attempt'>
type News = 'nowLive' | 'nowPolling' | 'nowLost' | 'nowOffline' | 'nowFailed'

/** A change counts once it has held for this long: a connection that drops and comes back is not worth interrupting for. */
const LASTING_MS = 3000

/** Tells a screen reader of each lasting change of the connection, once. */
export function Announcement({ status, messages }: { readonly status: Status; readonly messages: Messages }) {
  const [said, say] = useState<News | null>(null)
  const last = useRef<News | null>(null)
  const seen = useRef<News | null>(null)
  const now = newsOf(status) ?? seen.current
  useEffect(() => {
    seen.current = now
    if (now === null) return
    const timer = setTimeout(() => {
      const before = last.current
      // That reads are answered meanwhile does not end bad news.
      if (now === before || (now === 'nowPolling' && before !== null && before !== 'nowLive')) return
      last.current = now
      // That all is well is no news on a page that has just opened.
      if (before !== null || now !== 'nowLive') say(now)
    }, LASTING_MS)
    return () => clearTimeout(timer)
  }, [now])
  return <LiveRegion text={said ? messages.connection[said] : ''} />
}

/** What there is to tell of a status; `null` where it is only on its way from one to another. */
function newsOf({ state, freshness, polling, attempt }: Status): News | null {
  if (state === 'live') return 'nowLive'
  if (state === 'offline') return 'nowOffline'
  if (state === 'failed') return 'nowFailed'
  if (state === 'waiting' || (state === 'connecting' && attempt > 0))
    return freshness === 'polling' ? 'nowPolling' : 'nowLost'
  return state === 'idle' && polling === 'stopped' ? 'nowLost' : null
}

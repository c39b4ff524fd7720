'use client'

import { type ComponentType, useEffect, useState } from 'react'
import { whenLoaded } from '../base/emitter.js'
import type { BalanceDevtoolsProps } from './DevtoolsPanel.js'

// Bundlers replace this text, as they do for React itself, and drop the import with the branch.
const load = process.env.NODE_ENV === 'production' ? null : () => import('./DevtoolsPanel.js')

/**
 * What the client below the nearest provider does, for who builds the page: the connection's history, every balance with its
 * slot, source, age and last changes, requests, nodes; and buttons to drop, pause, clear and copy it all as a report without
 * secrets. Its code is loaded when it is mounted, and is not part of a production build, where it renders nothing. In English.
 * @example
 * <BalanceDevtools />
 */
export function BalanceDevtools(props: BalanceDevtoolsProps) {
  const [Panel, show] = useState<ComponentType<BalanceDevtoolsProps> | null>(null)
  useEffect(() => {
    if (!load) return
    return whenLoaded(load(), ({ DevtoolsPanel }) => {
      show(() => DevtoolsPanel)
      return () => {}
    })
  }, [])
  return Panel && <Panel {...props} />
}

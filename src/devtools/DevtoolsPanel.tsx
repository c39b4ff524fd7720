'use client'

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { BalanceClient } from '../client/balanceClient.js'
import { useBalanceClient } from '../react/balanceContext.js'
import { AccountTable } from './AccountTable.js'
import { ConnectionView } from './ConnectionView.js'
import { panelStyle } from './panelStyle.js'
import { createRecorder, type Recorder } from './recorder.js'
import { reportOf, snapshotOf } from './snapshot.js'

/** What `<BalanceDevtools>` takes. */
export interface BalanceDevtoolsProps {
  /** Whether the panel is open from the start. @default false */
  readonly initialOpen?: boolean | undefined
  /** At which end of the window's lower edge its button stands. @default 'start' */
  readonly side?: 'start' | 'end' | undefined
}

const LOOK_MS = 500

/** The button, and the panel that it opens. What happens is recorded from here on, open or not. */
export function DevtoolsPanel({ initialOpen = false, side = 'start' }: BalanceDevtoolsProps) {
  const client = useBalanceClient('BalanceDevtools')
  const recorder = useMemo(() => createRecorder(client), [client])
  const [isOpen, setOpen] = useState(initialOpen)
  const toggle = useRef<HTMLButtonElement>(null)
  useEffect(() => recorder.start(), [recorder])
  const close = () => {
    setOpen(false)
    toggle.current?.focus()
  }
  return (
    <div data-lamp="devtools" data-side={side} lang="en" dir="ltr">
      <style>{panelStyle}</style>
      <button
        ref={toggle}
        type="button"
        data-part="toggle"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={({ key }) => key === 'Escape' && close()}
      >
        Lamplight
      </button>
      {isOpen && <Panel client={client} recorder={recorder} onClose={close} />}
    </div>
  )
}

interface PanelProps {
  readonly client: BalanceClient
  readonly recorder: Recorder
  readonly onClose: () => void
}

function Panel({ client, recorder, onClose }: PanelProps) {
  const [snapshot, take] = useState(() => snapshotOf(client, recorder))
  useEffect(() => {
    const look = () => take(snapshotOf(client, recorder))
    look()
    const timer = setInterval(look, LOOK_MS)
    return () => clearInterval(timer)
  }, [client, recorder])
  return (
    <section
      data-part="panel"
      aria-label="Lamplight devtools"
      onKeyDown={({ key }: KeyboardEvent) => key === 'Escape' && onClose()}
    >
      <header>
        <strong data-state={snapshot.status.state}>{snapshot.status.state}</strong>
        <span>values {snapshot.status.freshness}</span>
        <Buttons {...{ client, recorder, onClose }} isPaused={snapshot.status.state === 'suspended'} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reached by the keyboard. */}
      <section data-part="body" tabIndex={0} aria-label="What the client does">
        <ConnectionView snapshot={snapshot} />
        <AccountTable snapshot={snapshot} />
      </section>
    </section>
  )
}

function Buttons({ client, recorder, onClose, isPaused }: PanelProps & { readonly isPaused: boolean }) {
  const [copied, setCopied] = useState('')
  // Where a page is not secure there is no clipboard: that, too, is a copy that failed.
  const copy = async () => navigator.clipboard.writeText(reportOf(snapshotOf(client, recorder)))
  // What a browser says when it stops a page and lets it go on: the client has no other way to be held.
  const say = (event: 'freeze' | 'resume') => void document.dispatchEvent(new Event(event))
  const drop = () => {
    say('freeze')
    say('resume')
  }
  return (
    <div data-part="buttons">
      <button type="button" onClick={drop}>
        Drop the connection
      </button>
      <button type="button" aria-pressed={isPaused} onClick={() => say(isPaused ? 'resume' : 'freeze')}>
        Pause the stream
      </button>
      <button type="button" onClick={client.reconnect}>
        Connect now
      </button>
      <button type="button" onClick={() => client.clear()}>
        Clear the cache
      </button>
      <button
        type="button"
        onClick={() => {
          copy().then(
            () => setCopied('Copied'),
            () => setCopied('The report could not be copied'),
          )
        }}
      >
        Copy the report
      </button>
      <span role="status">{copied}</span>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </div>
  )
}

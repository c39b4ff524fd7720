import type { Clock } from '../../src/base/clock.js'
import { createEmitter } from '../../src/base/emitter.js'
import type { PageLifecycle, PageLifecycleEvents } from '../../src/base/pageLifecycle.js'
import type { Channel, Locks, OpenChannel } from '../../src/client/tabs/tabChannel.js'

/** One page of a browser: what tabs share, and what can happen to it. */
export interface BrowserTab {
  readonly locks: Locks
  readonly openChannel: OpenChannel
  /** A clock whose timers stand still while the page is frozen. */
  readonly clock: Clock
  readonly wake: Pick<PageLifecycle, 'isHidden' | 'on'>
  /** Puts the page behind others, or in front. */
  hide(isHidden: boolean): void
  /** Tells the page what the browser does to it. */
  tell(event: 'freeze' | 'wake'): void
  /** Runs no code of the page any more; it keeps its locks. */
  freeze(): void
  /** Runs what waited, in order. */
  thaw(): void
  /** The page is gone, without a last word. */
  crash(): void
}

/** The pages of one origin. */
export interface Browser {
  tab(): BrowserTab
  /** Says something on a channel as no page. */
  say(channel: string, message: unknown): void
  /** What was said so far, oldest first. */
  readonly said: readonly unknown[]
}

interface Place {
  readonly grant: () => Promise<void>
}
interface Listener {
  readonly name: string
  deliver(data: unknown): void
}

/** Makes a browser without pages: locks are held in order of asking, messages come later than they are sent, as clones. */
export function createBrowser(clock: Clock): Browser {
  const lines = new Map<string, Place[]>()
  const listeners = new Set<Listener>()
  const said: unknown[] = []
  let opened = 0

  function say(name: string, message: unknown, except?: Listener) {
    said.push(message)
    for (const each of listeners) {
      if (each === except || each.name !== name) continue
      const data = structuredClone(message)
      clock.schedule(() => each.deliver(data), 1)
    }
  }
  function leave(name: string, place: Place) {
    const line = lines.get(name) ?? []
    const at = line.indexOf(place)
    if (at < 0) return
    line.splice(at, 1)
    if (at === 0) void line[0]?.grant()
  }
  function join(name: string, place: Place) {
    const line = lines.get(name) ?? []
    lines.set(name, line)
    if (line.push(place) === 1) clock.schedule(() => void (line[0] === place && place.grant()), 1)
  }

  return {
    said,
    say: (name, message) => say(name, message),
    tab: () => createTab(clock, { listeners, say, join, leave, startedMs: APART_MS * opened++ }),
  }
}

interface Shared {
  /** When the page's clock was at 0. */
  readonly startedMs: number
  readonly listeners: Set<Listener>
  say(name: string, message: unknown, except: Listener): void
  join(name: string, place: Place): void
  leave(name: string, place: Place): void
}

function createTab(clock: Clock, shared: Shared): BrowserTab {
  const page = createPage(clock, shared.startedMs)
  const endings = new Set<() => void>()
  const events = createEmitter<PageLifecycleEvents>()
  const wake = { isHidden: false, on: events.on }

  function openChannel(name: string): Channel {
    const listener: Listener = { name, deliver: (data) => page.run(() => channel.onmessage?.({ data })) }
    const close = () => void shared.listeners.delete(listener)
    const channel: Channel = { onmessage: null, postMessage: (message) => shared.say(name, message, listener), close }
    shared.listeners.add(listener)
    endings.add(close)
    return channel
  }

  function request(name: string, { signal }: { signal: AbortSignal }, held: () => Promise<void>) {
    return new Promise((resolve, reject) => {
      let isHeld = false
      const leave = () => shared.leave(name, place)
      const grant = () =>
        new Promise<void>((granted) => {
          isHeld = true
          page.run(() => void held().then(leave).then(resolve).then(granted))
        })
      const place: Place = { grant }
      endings.add(leave)
      signal.addEventListener('abort', () => {
        if (isHeld) return
        leave()
        reject(signal.reason)
      })
      shared.join(name, place)
    })
  }

  return {
    ...{ openChannel, locks: { request }, clock: page.clock, wake, freeze: page.freeze, thaw: page.thaw },
    hide(isHidden) {
      wake.isHidden = isHidden
      events.emit(isHidden ? 'hide' : 'wake', 'visibilitychange')
    },
    tell: (event) => events.emit(event, event),
    crash() {
      page.freeze()
      for (const end of endings) end()
    },
  }
}

/** Each page counts its time from a moment of its own. */
const APART_MS = 7_777_777

/** Runs tasks at once, or when the page is thawed. */
function createPage(clock: Clock, startedMs: number) {
  let held: (() => void)[] | undefined
  function run(task: () => void) {
    if (held) held.push(task)
    else task()
  }
  return {
    run,
    clock: {
      now: () => clock.now() - startedMs,
      wallMs: clock.wallMs,
      schedule(task: () => void, afterMs: number) {
        let isOff = false
        const stop = clock.schedule(() => run(() => void (isOff || task())), afterMs)
        return () => {
          isOff = true
          stop()
        }
      },
    },
    freeze() {
      held ??= []
    },
    thaw() {
      const tasks = held ?? []
      held = undefined
      for (const task of tasks) task()
    },
  }
}

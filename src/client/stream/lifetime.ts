import type { Clock } from '../../base/clock.js'
import { once } from '../../base/emitter.js'
import type { PageLifecycle } from '../../base/pageLifecycle.js'
import type { Socket } from '../../socket/socket.js'
import type { PooledSocket } from './socketPool.js'

/** When sockets are open: while somebody holds them, something is wanted of them, and the page lives. */
export interface Lifetime {
  /** Takes charge of a connection's socket. */
  join(member: PooledSocket): void
  /** Looks again whether each socket is needed. */
  look(): void
  /** Something happened that open connections have to prove themselves after: no reason to come back before anybody looks. */
  wake(reason: string): void
  /** Holds the sockets; the returned function lets go again. */
  hold(): () => void
}

/** How long sockets are kept, in milliseconds. */
export interface LifetimeLimits {
  /** When nothing is followed any more. @default 10_000 */
  readonly lingerMs?: number
  /** When the page is hidden. @default 300_000 */
  readonly hiddenAfterMs?: number
}

/** Makes a lifetime; `onHeld` runs when somebody holds on first, and what it gives when the last has let go. */
export function createLifetime(
  clock: Clock,
  page: PageLifecycle,
  { lingerMs = 10_000, hiddenAfterMs = 300_000 }: LifetimeLimits,
  onHeld: () => () => void,
): Lifetime {
  const sockets: Socket[] = []
  const looks: (() => void)[] = []
  let holders = 0
  let release = () => {}

  function look() {
    for (const each of looks) each()
  }
  function hold(): () => void {
    if (holders++ === 0) {
      const stops = [onHeld(), joinPage(page, sockets, clock, hiddenAfterMs)]
      release = () => {
        for (const stop of stops) stop()
      }
    }
    look()
    return once(() => {
      if (--holders === 0) release()
      look()
    })
  }

  return {
    hold,
    look,
    wake: (reason) => lastResume(sockets, reason),
    /** Both edges wait a turn: StrictMode's mount, unmount, mount is one socket. */
    join({ socket, calls, subscriptions }) {
      let cancel = () => {}
      function checkSocket() {
        cancel()
        const isWanted = holders > 0 && (subscriptions.size > 0 || calls.queued > 0)
        const isIdle = socket.state.name === 'idle'
        if (isWanted && isIdle) cancel = clock.schedule(socket.open, 0)
        if (!isWanted && !isIdle) cancel = clock.schedule(socket.close, holders > 0 ? lingerMs : 0)
      }
      subscriptions.on('wanted', checkSocket)
      subscriptions.on('released', checkSocket)
      sockets.push(socket)
      looks.push(checkSocket)
    },
  }
}

/** Lets the page's sleep and waking reach every socket, those that come later included. */
function joinPage(page: PageLifecycle, sockets: readonly Socket[], clock: Clock, hiddenAfterMs: number): () => void {
  const each = (task: (socket: Socket) => void) => {
    for (const socket of sockets) task(socket)
  }
  let cancel = () => {}
  function hide() {
    cancel()
    cancel = clock.schedule(() => each(({ suspend }) => suspend('hidden for a while')), hiddenAfterMs)
  }
  function wake(reason: string) {
    cancel()
    // Thawed out of sight: useful for a while, and not for longer than any hidden page.
    if (page.isHidden) hide()
    each((socket) => socket.wake(reason))
  }
  if (page.isHidden) hide()
  const stops = [
    page.on('hide', hide),
    page.on('wake', wake),
    // A network is no reason to come back before anybody looks.
    page.on('online', (reason) => lastResume(sockets, reason)),
    page.on('offline', (reason) => each(({ unplug }) => unplug(reason))),
    page.on('freeze', (reason) => each(({ suspend }) => suspend(reason))),
  ]
  return () => {
    cancel()
    for (const stop of stops) stop()
  }
}

function lastResume(sockets: readonly Socket[], reason: string) {
  for (const socket of sockets) if (socket.state.name !== 'suspended') socket.wake(reason)
}

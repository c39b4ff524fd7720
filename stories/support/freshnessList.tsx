import { balanceStates, Cell } from './gallery.js'
import type { Scene } from './scene.js'

const meaning: Readonly<Record<(typeof balanceStates)[number], string>> = {
  idle: 'Nothing was asked for: no wallet is connected. Offer to connect one.',
  loading: 'The first answer is on its way. The skeleton has the size of what comes.',
  live: 'Pushed: acknowledged on this connection, and read after that. Nothing to do.',
  polling: 'There is no stream just now; asked for every few seconds, and answered. Good enough to show and to act on.',
  stale: 'The last known value. It may be out of date: show it, and read again before money depends on it.',
  error: 'Nothing is known, and the mark says why. No number is shown: never read it as 0.',
  missing: 'The chain says that there is no such account. Not the same as 0: it has to be made before it can receive.',
}

/** The states of the list, in its order. */
export const freshnessRows = balanceStates

/** Every state of a balance: what it means, and a widget that is in it. */
export function FreshnessList({ owner, mint }: Pick<Scene, 'owner' | 'mint'>) {
  return (
    <ul className="states">
      {freshnessRows.map((state) => (
        <li key={state}>
          <Cell state={state} owner={owner} mint={mint} />
          <p>{meaning[state]}</p>
        </li>
      ))}
    </ul>
  )
}

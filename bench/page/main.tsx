import { peers } from 'bench-peers'
import { createRoot } from 'react-dom/client'
import { bareStore } from './bareStore.js'
import { batchedQuery } from './batchedQuery.js'
import { lamplight, lamplightWorker } from './lamplight.js'
import { plainQuery } from './plainQuery.js'
import { type Adapter, rendered, type Setting } from './setting.js'

const adapters: Readonly<Record<string, Adapter>> = {
  lamplight,
  lamplightWorker,
  plainQuery,
  batchedQuery,
  bareStore: bareStore(0),
  bareStore100: bareStore(100),
  ...peers,
}

/** What the bench asks of the page. */
export interface BenchPage {
  /** Renders it one way, from the page's start; resolves when every row has a text. */
  start(name: string, setting: Setting): Promise<void>
  /** Frames drawn since it was last called; from the first call on each is counted, until `rest`. */
  frames(): number
  /** Counts no frames any more: to be asked for each is work too. */
  rest(): void
  /** Rows rendered since it was last called. */
  renders(): number
  /** What is on screen, by account. */
  shown(): Record<string, string>
}
declare global {
  interface Window {
    bench: BenchPage
  }
}

const rows = () => document.querySelectorAll<HTMLElement>('[data-account]')
let drawn = 0
let next: number | undefined
function frame() {
  drawn++
  next = requestAnimationFrame(frame)
}

window.bench = {
  start(name, setting) {
    createRoot(document.getElementById('root') as HTMLElement).render((adapters[name] as Adapter)(setting))
    return new Promise((ready) => {
      function look() {
        const all = rows()
        if (all.length === setting.rows.length && [...all].every((row) => row.textContent)) ready()
        else setTimeout(look, 50)
      }
      look()
    })
  },
  frames() {
    const count = drawn
    drawn = 0
    next ??= requestAnimationFrame(frame)
    return count
  },
  rest() {
    if (next !== undefined) cancelAnimationFrame(next)
    next = undefined
  },
  renders() {
    const { count } = rendered
    rendered.count = 0
    return count
  },
  shown: () => Object.fromEntries([...rows()].map((row) => [row.dataset.account, row.textContent ?? ''])),
}

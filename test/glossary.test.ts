import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsed, type SourceFile, sourcesOf, walk } from './support/sourceTree.js'

/** Words that the field does not use, and the word that it does. */
const coined: Readonly<Record<string, string>> = {
  wish: 'request',
  wishes: 'requests',
  fleet: 'pool',
  lane: 'socket',
  lanes: 'sockets',
  vouch: 'markLive',
  vouches: 'isLive',
  vouched: 'markedLive',
  sighting: 'origin',
  arrival: 'update',
  flight: 'pendingTransaction',
  flights: 'pendingTransactions',
  fly: 'submit',
  flown: 'submission',
  desk: 'inFlight',
  fate: 'outcome',
  sight: 'signatureStatus',
  overlay: 'optimisticUpdates',
  punctually: 'deadlineTimer',
  patience: 'delay',
  gather: 'batch',
  moment: 'chainTime',
  moments: 'chainTimes',
  ticker: 'clockTick',
  outbox: 'requestQueue',
  trust: 'freshness',
  belief: 'reliability',
  beliefs: 'reliability',
  believe: 'isPlausible',
  believes: 'isPlausible',
  believed: 'plausible',
  disbelieved: 'implausible',
  doubt: 'suspect',
  doubts: 'suspects',
  doubted: 'suspected',
  unreadable: 'decodeError',
  roving: 'rovingTabIndex',
  words: 'messages',
}
/** Names with such a word in a sense that the field knows. */
const ordinary = [/^inFlight/i, /rovingTabIndex/i, /WORDS$/, /^UNREADABLE$/]

const partsOf = (name: string) => name.split(/_|(?<=[a-z0-9])(?=[A-Z])/).map((part) => part.toLowerCase())

/** Identifiers of a file that hold a coined word, each once, with the word to use. */
function coinedIn({ path, program }: SourceFile): string[] {
  const names = new Set<string>()
  walk(program, (node) => {
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') names.add(node.name as string)
  })
  return [...names]
    .filter((name) => !ordinary.some((known) => known.test(name)))
    .flatMap((name) =>
      partsOf(name).flatMap((part) => (Object.hasOwn(coined, part) ? [`${path}: ${name}, use ${coined[part]}`] : [])),
    )
}

describe('the words of the code', () => {
  it.each(['src', 'localnet/src'])("are the field's in %s", (directory) => {
    const sources = sourcesOf(resolve(import.meta.dirname, '..', directory))
    expect(sources.length).toBeGreaterThan(10)
    expect(sources.flatMap(coinedIn)).toEqual([])
  })

  it('are looked for in each part of a name, and as whole parts', () => {
    const file = parsed(
      'base/a.ts',
      'export const createFleet = (wish: LaneStream, wishful: InFlight, plane: Words) => wish',
    )
    expect(coinedIn(file)).toEqual([
      'base/a.ts: createFleet, use pool',
      'base/a.ts: wish, use request',
      'base/a.ts: LaneStream, use socket',
      'base/a.ts: Words, use messages',
    ])
  })
})

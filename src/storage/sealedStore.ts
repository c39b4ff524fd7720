import { hexOf, utf8Of } from '../base/bytes.js'
import { createSha256 } from '../base/sha256.js'
import { isTime, objectOf, type Shape } from '../base/shape.js'

/** Part of every seal: what an earlier form of the data wrote is not read. */
export const STORE_VERSION = '1'

/** What one store holds, beside the time it was written at. */
export interface SealedContent {
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number
  readonly entries: readonly string[]
}
/** What could be read of a store, and how many entries could not. */
export interface OpenedContent extends SealedContent {
  readonly dropped: number
}

/** Seals and opens the text of a store. */
export interface Seal {
  /** Where a wallet's balances on one cluster are kept: hashes, so that nobody reads an address out of a key. */
  nameOf(owner: string, cluster: string): string
  /** What all names of a wallet begin with. */
  prefixOf(owner: string): string
  close(name: string, content: SealedContent): string
  /** Gives the entries that are as they were written, in this store and of this version; the others are counted. */
  open(name: string, text: string): OpenedContent
}

/** Makes a seal: a digest over each entry, with its store's name, version and time. It tells damage, and proves no origin. */
export function createSeal(): Seal {
  const sha256 = createSha256()
  const digestOf = (...parts: readonly unknown[]) => hexOf(sha256(utf8Of(JSON.stringify(parts))))
  const sealOf = (name: string, at: unknown, entry: string) => digestOf(STORE_VERSION, name, at, entry)
  const prefixOf = (owner: string) => `lamplight/${digestOf(owner).slice(0, 32)}/`

  return {
    prefixOf,
    nameOf: (owner, cluster) => prefixOf(owner) + digestOf(cluster).slice(0, 32),
    close: (name, { at, entries }) =>
      JSON.stringify({ at, entries: entries.map((entry) => [entry, sealOf(name, at, entry)]) }),
    open(name, text) {
      const content = contentOf(text)
      // Cut short, or written by something else: one thing that was dropped.
      if (!content) return { at: 0, entries: [], dropped: 1 }
      const entries = content.entries.flatMap((each) => {
        const [entry, seal] = Array.isArray(each) ? (each as unknown[]) : []
        return typeof entry === 'string' && seal === sealOf(name, content.at, entry) ? [entry] : []
      })
      return { at: content.at, entries, dropped: content.entries.length - entries.length }
    },
  }
}

const isContent = objectOf<{ readonly at: number; readonly entries: readonly unknown[] }>({
  at: isTime,
  entries: Array.isArray as unknown as Shape<readonly unknown[]>,
})

function contentOf(text: string) {
  try {
    const parsed: unknown = JSON.parse(text)
    return isContent(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

import { type Address, address } from '../../base/address.js'

/** An address that was sent to. */
export interface RecentRecipient {
  readonly address: Address
  /** When it was sent to last, in milliseconds since the epoch. */
  readonly sentAtMs: number
}

/** The addresses that one wallet sent to on one cluster, kept in the browser. */
export interface RecentRecipients {
  /** At most 20, the latest first; `null` where the browser keeps nothing. */
  read(): readonly RecentRecipient[] | null
  /** Puts an address first. Where the browser keeps nothing, nothing happens. */
  add(recipient: RecentRecipient): void
}

const LIMIT = 20
/** What a date can hold. */
const MAX_DATE_MS = 8.64e15

/**
 * Opens the recent recipients of a wallet: addresses and times, in `localStorage`. Sending never depends on it: a browser
 * without storage, one that refuses, and records that something else wrote count as none.
 */
export function openRecentRecipients(cluster: string, owner: Address): RecentRecipients {
  const key = `lamplight/recipients/${cluster}/${owner}`
  const read = () => whereAllowed((storage) => recordsIn(storage.getItem(key)))
  return {
    read,
    add(recipient) {
      const others = read()?.filter((each) => each.address !== recipient.address) ?? []
      const kept = [recipient, ...others].slice(0, LIMIT).map((each) => [each.address, each.sentAtMs])
      whereAllowed((storage) => storage.setItem(key, JSON.stringify(kept)))
    },
  }
}

/** A recent recipient that somebody could take an address for: another one with the same ends, which is what people compare. */
export function lookalikeOf(typed: Address, recent: readonly RecentRecipient[]): Address | null {
  const similar = recent.find((each) => each.address !== typed && endsOf(each.address) === endsOf(typed))
  return similar?.address ?? null
}

/** As many characters of each end as a shortened address shows; a person who compares them looks past capitals. */
const endsOf = (address: Address) => `${address.slice(0, 4)}${address.slice(-4)}`.toLowerCase()

/** `null` where there is no storage, and where using it throws: cookies blocked, no room left, a record that is no JSON. */
function whereAllowed<T>(use: (storage: Storage) => T): T | null {
  try {
    const { localStorage } = globalThis as { readonly localStorage?: Storage }
    return localStorage ? use(localStorage) : null
  } catch {
    return null
  }
}

function recordsIn(text: string | null): RecentRecipient[] {
  const parsed: unknown = JSON.parse(text ?? '[]')
  return Array.isArray(parsed) ? parsed.flatMap(recordOf).slice(0, LIMIT) : []
}

function recordOf(entry: unknown): RecentRecipient[] {
  const [written, sentAtMs] = Array.isArray(entry) ? (entry as unknown[]) : []
  const isTime = typeof sentAtMs === 'number' && sentAtMs >= 0 && sentAtMs <= MAX_DATE_MS
  if (typeof written !== 'string' || !isTime) return []
  try {
    return [{ address: address(written), sentAtMs }]
  } catch {
    return []
  }
}

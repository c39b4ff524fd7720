import { type Address, addressOfBytes, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../src/base/address.js'
import type { LedgerAccount } from './engine.js'

interface Version {
  readonly slot: number
  readonly account: LedgerAccount | null
}

/** Every version of every account that changed, by slot. */
export interface Journal {
  /** The account as of `slot`; `undefined` when it never changed. */
  at(address: Address, slot: number): LedgerAccount | null | undefined
  /** The slot the version seen at `slot` was written in; 0 when there is none. */
  modifiedAt(address: Address, slot: number): number
  changedIn(slot: number): ReadonlySet<Address>
  /** Adds a version; `before` is what was there if the account never changed until now. */
  write(address: Address, slot: number, before: LedgerAccount | null, after: LedgerAccount | null): void
  /** Forgets what came after `slot`, and gives what each account that changed is again. */
  rollBack(slot: number): Map<Address, LedgerAccount | null>
  /** Forgets versions that nobody who looks at `slot` or later can see. */
  prune(slot: number): void
  /** Addresses that were owned by the program at some time. */
  ownedBy(program: Address): Iterable<Address>
  /** Token accounts that were held by the wallet at some time. */
  heldBy(wallet: Address): Iterable<Address>
}

function indexOf<T>(): { add(key: T, address: Address): void; get(key: T): ReadonlySet<Address> } {
  const sets = new Map<T, Set<Address>>()
  const none: ReadonlySet<Address> = new Set()
  return {
    add: (key, address) => void sets.set(key, (sets.get(key) ?? new Set()).add(address)),
    get: (key) => sets.get(key) ?? none,
  }
}

function lastAt(versions: readonly Version[], slot: number): Version | undefined {
  for (let i = versions.length - 1; i >= 0; i--) {
    const version = versions[i]
    if (version && version.slot <= slot) return version
  }
  return undefined
}

/** Makes an empty journal. */
export function createJournal(): Journal {
  const versions = new Map<Address, Version[]>()
  const changed = new Map<number, Set<Address>>()
  const programs = indexOf<Address>()
  const wallets = indexOf<Address>()
  const none: ReadonlySet<Address> = new Set()

  return {
    at(address, slot) {
      const known = versions.get(address)
      return known && (lastAt(known, slot)?.account ?? null)
    },
    modifiedAt(address, slot) {
      const version = lastAt(versions.get(address) ?? [], slot)
      return version?.account ? version.slot : 0
    },
    changedIn: (slot) => changed.get(slot) ?? none,
    write(address, slot, before, after) {
      const known = versions.get(address) ?? [{ slot: -1, account: before }]
      versions.set(address, known)
      if (known.at(-1)?.slot === slot) known.pop()
      known.push({ slot, account: after })
      changed.set(slot, (changed.get(slot) ?? new Set()).add(address))
      if (!after) return
      programs.add(after.program, address)
      if ((after.program === TOKEN_PROGRAM || after.program === TOKEN_2022_PROGRAM) && after.data.length >= 165)
        wallets.add(addressOfBytes(after.data.subarray(32, 64)), address)
    },
    rollBack(slot) {
      const reverted = new Map<Address, LedgerAccount | null>()
      for (const [at, addresses] of [...changed]) {
        if (at <= slot) continue
        changed.delete(at)
        for (const address of addresses) {
          const known = versions.get(address) ?? []
          while (known.length > 1 && (known.at(-1)?.slot ?? 0) > slot) known.pop()
          reverted.set(address, known.at(-1)?.account ?? null)
        }
      }
      return reverted
    },
    prune(slot) {
      for (const [at, addresses] of changed) {
        // Slots are added in rising order, so the first young one ends the search.
        if (at >= slot) break
        changed.delete(at)
        for (const address of addresses) {
          const known = versions.get(address) ?? []
          while ((known[1]?.slot ?? slot) < slot) known.shift()
        }
      }
    },
    ownedBy: (program) => programs.get(program),
    heldBy: (wallet) => wallets.get(wallet),
  }
}

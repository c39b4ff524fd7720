import type { Address } from '../../../src/base/address.js'
import { countOf, invalid } from '../../../src/base/check.js'
import { createEmitter } from '../../../src/base/emitter.js'
import type { Commitment } from '../../../src/token/account.js'
import type { EncodingContext } from '../ledger/accountEncoding.js'
import type { Ledger } from '../ledger/ledger.js'
import { configParam, invalidParams, numberParam, rpcError } from './jsonRpc.js'

/** How far a node is from the newest slot. */
export interface ViewOptions {
  /** Slots the node is behind the chain. @default 0 */
  readonly behind?: number
  /** Slots `confirmed` is behind `processed`. @default 1, or 0 in automine */
  readonly confirmedLag?: number
  /** Slots `finalized` is behind `processed`. @default 32, or 0 in automine; always `confirmedLag` with `alpenglow` */
  readonly finalizedLag?: number
}

/** The newest slot at each commitment. */
export type Heads = Readonly<Record<Commitment, number>>

/** What changed for a node when it saw another slot. */
export interface Advance {
  readonly from: Heads
  readonly to: Heads
  /** Accounts a fork took back, by the commitment that had seen them. */
  readonly reverted: Readonly<Record<Commitment, ReadonlySet<Address>>>
}

/** One node's sight of a chain: a slot for each commitment. */
export interface View {
  readonly ledger: Ledger
  readonly behind: number
  readonly apiVersion: string
  readonly heads: Heads
  /** The slot a request is about, from its configuration. */
  slotOf(config: unknown): number
  /** An answer with the slot it is true at. */
  at<T>(
    slot: number,
    value: T,
  ): { readonly context: { readonly apiVersion: string; readonly slot: number }; readonly value: T }
  /** What an encoding may look at, at that slot. */
  context(slot: number): EncodingContext
  onAdvance(listener: (advance: Advance) => void): () => void
  /** Stops following the chain. */
  close(): void
}

/** Every commitment, from the first seen to the last. */
export const COMMITMENTS = ['processed', 'confirmed', 'finalized'] as const
const LEGACY: Readonly<Record<string, Commitment>> = {
  recent: 'processed',
  single: 'confirmed',
  singleGossip: 'confirmed',
  root: 'finalized',
  max: 'finalized',
}

/** Checks a commitment; without one a node means `finalized`. */
export function commitmentParam(value: unknown): Commitment {
  const name = typeof value === 'string' ? (LEGACY[value] ?? value) : (value ?? 'finalized')
  const found = COMMITMENTS.find((commitment) => commitment === name)
  if (!found)
    throw invalidParams(
      `Invalid params: unknown variant \`${String(value)}\`, expected one of \`processed\`, \`confirmed\`, \`finalized\`.`,
    )
  return found
}

const noneReverted = (): Record<Commitment, Set<Address>> => ({
  processed: new Set(),
  confirmed: new Set(),
  finalized: new Set(),
})

function lagsOf(ledger: Ledger, options: ViewOptions) {
  const confirmed = countOf('confirmedLag', options.confirmedLag, ledger.automine ? 0 : 1)
  const finalized = countOf('finalizedLag', options.finalizedLag, ledger.automine ? 0 : 32)
  if (ledger.consensus === 'tower-bft') return { processed: 0, confirmed, finalized }
  if (options.finalizedLag !== undefined && finalized !== confirmed)
    throw invalid('finalizedLag', finalized, 'nothing with consensus "alpenglow": what is confirmed is final')
  return { processed: 0, confirmed, finalized: confirmed }
}

/** Opens a view that follows a chain. */
export function createView(ledger: Ledger, options: ViewOptions = {}): View {
  const behind = countOf('behind', options.behind, 0)
  const lags = lagsOf(ledger, options)
  const apiVersion = '3.1.0-lamplight'
  const events = createEmitter<{ advance: Advance }>()
  const headAt = (commitment: Commitment): number =>
    Math.max(ledger.slots.first, ledger.slots.frozen - behind - lags[commitment])
  const heads = { processed: headAt('processed'), confirmed: headAt('confirmed'), finalized: headAt('finalized') }
  let reverted = noneReverted()

  const undo = [
    ledger.on('frozen', () => {
      const from = { ...heads }
      for (const commitment of COMMITMENTS) heads[commitment] = Math.max(heads[commitment], headAt(commitment))
      const advance = { from, to: { ...heads }, reverted }
      reverted = noneReverted()
      events.emit('advance', advance)
    }),
    ledger.on('reorg', ({ keep, accounts }) => {
      for (const commitment of COMMITMENTS) {
        if (heads[commitment] <= keep) continue
        heads[commitment] = keep
        for (const account of accounts) reverted[commitment].add(account)
      }
    }),
  ]

  return {
    ledger,
    behind,
    apiVersion,
    heads,
    slotOf(config) {
      const { commitment, minContextSlot } = configParam(config)
      const slot = heads[commitmentParam(commitment)]
      if (minContextSlot !== undefined && minContextSlot !== null && slot < numberParam(minContextSlot))
        throw rpcError(-32016, 'Minimum context slot has not been reached', { contextSlot: slot })
      return slot
    },
    at: (slot, value) => ({ context: { apiVersion, slot }, value }),
    context: (slot) => ({
      read: (address) => ledger.accountAt(address, slot),
      unixTime: ledger.slots.at(slot).unixTime,
    }),
    onAdvance: (listener) => events.on('advance', listener),
    close() {
      for (const stop of undo) stop()
    },
  }
}

import { type Address, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { bytesOfBase58 } from '../../../src/base/base58.js'
import { type EncodingOptions, encodeAccount } from '../ledger/accountEncoding.js'
import type { LedgerAccount } from '../ledger/engine.js'
import { type AccountFilter, encodingParam, filterParam } from './accountMethods.js'
import { addressParam, configParam, exactJson, invalidParams, isRecord, listParam, rpcError } from './jsonRpc.js'
import { type Advance, COMMITMENTS, commitmentParam, type View } from './view.js'

/** What can be subscribed to. */
export type SubscriptionKind = 'account' | 'program' | 'signature' | 'logs' | 'slot' | 'root'

/** The other end of a socket, as subscriptions see it. */
export interface Peer {
  /** Sends a notification; `method` is the one inside `text`. */
  notify(text: string, method: string): void
}

/** A node's subscriptions. */
export interface PubSub {
  /** Subscribes, and gives the id: the same one for equal parameters, whoever asks. */
  subscribe(peer: Peer, method: string, params: readonly unknown[]): number
  unsubscribe(peer: Peer, params: readonly unknown[]): true
  disconnect(peer: Peer): void
  /** Active subscriptions by kind, counted once for each socket. */
  active(): Record<SubscriptionKind, number>
}

interface SubscriptionRequest {
  readonly kind: SubscriptionKind
  /** What notifications are looked up by: an address, a signature, or the kind itself. */
  readonly target: string
  readonly commitment: Advance['from'] extends Readonly<Record<infer C, number>> ? C : never
  readonly options: EncodingOptions
  readonly passes: AccountFilter
}

interface Group extends SubscriptionRequest {
  readonly id: number
  readonly key: string
  readonly peers: Set<Peer>
  /** The slot of the version that was sent last. */
  last: number
}

const CLOSED: LedgerAccount = { lamports: 0n, data: new Uint8Array(), program: SYSTEM_PROGRAM, executable: false }
const everyAccount: AccountFilter = () => true

function signatureParam(value: unknown): string {
  const bytes = typeof value === 'string' ? bytesOfBase58(value) : undefined
  if (bytes?.length !== 64) throw invalidParams('Invalid Request: Invalid signature provided')
  return value as string
}

function logsParam(value: unknown): string {
  if (value === 'all' || value === 'allWithVotes') return 'all'
  const mentions = isRecord(value) ? listParam(value.mentions, 100) : []
  if (mentions.length !== 1) throw invalidParams('Invalid Request: Only 1 address supported')
  return addressParam(mentions[0])
}

function requestOf(method: string, [first, second]: readonly unknown[]): SubscriptionRequest {
  const plain = (kind: SubscriptionKind, target: string, config: unknown): SubscriptionRequest => ({
    kind,
    target,
    commitment: commitmentParam(configParam(config).commitment),
    options: { encoding: 'base64' },
    passes: everyAccount,
  })
  const ofAccounts = (kind: 'account' | 'program'): SubscriptionRequest => ({
    ...plain(kind, addressParam(first), second),
    options: encodingParam(second, 'binary'),
    passes: kind === 'program' ? filterParam(configParam(second).filters) : everyAccount,
  })
  switch (method) {
    case 'accountSubscribe':
      return ofAccounts('account')
    case 'programSubscribe':
      return ofAccounts('program')
    case 'signatureSubscribe':
      return plain('signature', signatureParam(first), second)
    case 'logsSubscribe':
      return plain('logs', logsParam(first), second)
    case 'slotSubscribe':
      return { ...plain('slot', 'slot', undefined), commitment: 'processed' }
    case 'rootSubscribe':
      return { ...plain('root', 'root', undefined), commitment: 'finalized' }
    default:
      throw rpcError(-32601, 'Method not found')
  }
}

/** What the groups of a node are looked up by. */
const indexKey = (kind: SubscriptionKind, target: string): string => `${kind} ${target}`

interface Groups {
  join(peer: Peer, key: string, request: SubscriptionRequest, last: () => number): number
  leave(peer: Peer, id: number): boolean
  leaveAll(peer: Peer): void
  of(kind: SubscriptionKind, target: string): Iterable<Group>
  all(): Iterable<Group>
}

function createGroups(): Groups {
  const byKey = new Map<string, Group>()
  const byTarget = new Map<string, Set<Group>>()
  const byPeer = new Map<Peer, Map<number, Group>>()
  let nextId = 0

  function open(key: string, request: SubscriptionRequest, last: number): Group {
    const group = { ...request, id: nextId++, key, peers: new Set<Peer>(), last }
    byKey.set(key, group)
    const index = indexKey(request.kind, request.target)
    byTarget.set(index, (byTarget.get(index) ?? new Set()).add(group))
    return group
  }
  function leave(peer: Peer, id: number): boolean {
    const group = byPeer.get(peer)?.get(id)
    if (!group) return false
    byPeer.get(peer)?.delete(id)
    group.peers.delete(peer)
    if (group.peers.size > 0) return true
    const index = indexKey(group.kind, group.target)
    byKey.delete(group.key)
    byTarget.get(index)?.delete(group)
    if (byTarget.get(index)?.size === 0) byTarget.delete(index)
    return true
  }
  return {
    join(peer, key, request, last) {
      const group = byKey.get(key) ?? open(key, request, last())
      group.peers.add(peer)
      byPeer.set(peer, (byPeer.get(peer) ?? new Map()).set(group.id, group))
      return group.id
    },
    leave,
    leaveAll(peer) {
      for (const id of [...(byPeer.get(peer)?.keys() ?? [])]) leave(peer, id)
      byPeer.delete(peer)
    },
    of: (kind, target) => [...(byTarget.get(indexKey(kind, target)) ?? [])],
    all: () => byKey.values(),
  }
}

function notify(groups: Groups, group: Group, result: unknown): void {
  const method = `${group.kind}Notification`
  // Written once, however many sockets wait for it.
  const text = exactJson({ jsonrpc: '2.0', method, params: { result, subscription: group.id } })
  for (const peer of [...group.peers]) {
    peer.notify(text, method)
    if (group.kind === 'signature') groups.leave(peer, group.id)
  }
}

function announceAccount(view: View, groups: Groups, address: Address, group: Group, slot: number): void {
  const modified = view.ledger.journal.modifiedAt(address, slot)
  if (modified === group.last) return
  group.last = modified
  const account = view.ledger.accountAt(address, slot) ?? CLOSED
  notify(groups, group, { context: { slot }, value: encodeAccount(account, group.options, view.context(slot)) })
}

function announceProgram(view: View, groups: Groups, address: Address, group: Group, slot: number): void {
  const account = view.ledger.accountAt(address, slot)
  if (account?.program !== group.target || !group.passes(account)) return
  const value = { pubkey: address, account: encodeAccount(account, group.options, view.context(slot)) }
  notify(groups, group, { context: { slot }, value })
}

function announceTransactions(
  view: View,
  groups: Groups,
  commitment: Group['commitment'],
  slot: number,
  head: number,
): void {
  for (const signature of view.ledger.slots.get(slot)?.signatures ?? []) {
    const landed = view.ledger.transactions.get(signature)
    if (!landed) continue
    const err = landed.execution.fault
    for (const group of groups.of('signature', signature))
      if (group.commitment === commitment) notify(groups, group, { context: { slot: head }, value: { err } })
    const value = { signature, err, logs: landed.execution.logs }
    for (const target of ['all', ...landed.transaction.keys])
      for (const group of groups.of('logs', target))
        if (group.commitment === commitment) notify(groups, group, { context: { slot }, value })
  }
}

function announce(view: View, groups: Groups, { from, to, reverted }: Advance, commitment: Group['commitment']): void {
  const head = to[commitment]
  const changed = new Set(reverted[commitment])
  for (let slot = from[commitment] + 1; slot <= head; slot++)
    for (const address of view.ledger.journal.changedIn(slot)) changed.add(address)
  const programs =
    changed.size === 0
      ? []
      : [...groups.all()].filter((group) => group.kind === 'program' && group.commitment === commitment)
  for (const address of changed) {
    for (const group of groups.of('account', address))
      if (group.commitment === commitment) announceAccount(view, groups, address, group, head)
    for (const group of programs) announceProgram(view, groups, address, group, head)
  }
  for (let slot = from[commitment] + 1; slot <= head; slot++) {
    announceTransactions(view, groups, commitment, slot, head)
    if (commitment === 'finalized' && view.ledger.slots.get(slot))
      for (const group of groups.of('root', 'root')) notify(groups, group, slot)
  }
}

/** Opens the subscriptions of a node. They end with the view. */
export function createPubSub(view: View): PubSub {
  const groups = createGroups()
  const slotNews = ({ processed, finalized }: Advance['to']) => ({
    slot: processed + 1,
    parent: processed,
    root: finalized,
  })
  view.onAdvance((advance) => {
    if (advance.to.processed > advance.from.processed)
      for (const group of groups.of('slot', 'slot')) notify(groups, group, slotNews(advance.to))
    for (const commitment of COMMITMENTS) announce(view, groups, advance, commitment)
  })
  return {
    subscribe(peer, method, params) {
      const request = requestOf(method, params)
      const { filters } = request.kind === 'program' ? configParam(params[1]) : { filters: null }
      const key = JSON.stringify([request.kind, request.target, request.commitment, request.options, filters])
      const id = groups.join(peer, key, request, () =>
        request.kind === 'account'
          ? view.ledger.journal.modifiedAt(request.target as Address, view.heads[request.commitment])
          : 0,
      )
      // Where a slot comes with each transaction only, the next may never come: the newest is told instead.
      if (request.kind === 'slot' && view.ledger.automine)
        queueMicrotask(() => {
          const params = { result: slotNews(view.heads), subscription: id }
          peer.notify(exactJson({ jsonrpc: '2.0', method: 'slotNotification', params }), 'slotNotification')
        })
      return id
    },
    unsubscribe(peer, [id]) {
      if (typeof id !== 'number' || !groups.leave(peer, id)) throw invalidParams('Invalid subscription id.')
      return true
    },
    disconnect: (peer) => groups.leaveAll(peer),
    active() {
      const counts = { account: 0, program: 0, signature: 0, logs: 0, slot: 0, root: 0 }
      for (const { kind, peers } of groups.all()) counts[kind] += peers.size
      return counts
    },
  }
}

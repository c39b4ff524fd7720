import { isLamplightError } from '../../../src/base/errors.js'
import type { Cheats, MintOptions, TokenBalanceOptions } from '../node/cheats.js'
import { errorOf, idOf, invalidParams, isRecord, requestOf, resultOf, rpcError } from '../node/jsonRpc.js'
import type { FaultRule, Faults } from './faults.js'

/** What the `localnet_` methods work on. */
export interface LocalControls {
  readonly cheats: Cheats
  readonly faults: Faults
  dropSockets(code?: number): void
  pauseSockets(): void
  resumeSockets(): void
  stats(): object
  resetStats(): void
}

type LocalMethod = (params: readonly unknown[]) => unknown

const PREFIX = 'localnet_'

function optionsParam(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw invalidParams(`${name}: expected an object as the first parameter.`)
  return value
}

function localMethodsOf(controls: LocalControls): Readonly<Record<string, LocalMethod>> {
  const { cheats, faults } = controls
  const undoById = new Map<number, () => void>()
  let nextFault = 0
  // A cheat checks what it is given; the types here only say what it checks for.
  return {
    warp: ([by]) => cheats.warp(optionsParam('localnet_warp', by)),
    tick: ([count]) => cheats.tick(count as number | undefined),
    reorg: ([depth]) => cheats.reorg(depth as number | undefined),
    fund: ([address, lamports]) => cheats.fund(address as string, lamports as number),
    createMint: ([options = {}]) => cheats.createMint(optionsParam('localnet_createMint', options) as MintOptions),
    setTokenBalance: ([options]) =>
      cheats.setTokenBalance(optionsParam('localnet_setTokenBalance', options) as unknown as TokenBalanceOptions),
    addFault: ([rule]) => {
      undoById.set(nextFault, faults.add(rule as FaultRule))
      return nextFault++
    },
    removeFault: ([id]) => {
      const undo = undoById.get(id as number)
      if (!undo) throw invalidParams(`localnet_removeFault: ${String(id)} is not the id of a fault.`)
      undo()
      return undoById.delete(id as number)
    },
    clearFaults() {
      faults.clear()
      undoById.clear()
    },
    dropSockets: ([code]) => {
      if (code !== undefined && code !== null && !isCloseCode(code))
        throw invalidParams('localnet_dropSockets: expected a close code (1000, 1001-1014 or 3000-4999), or none.')
      controls.dropSockets((code as number | null) ?? undefined)
    },
    pauseSockets: () => controls.pauseSockets(),
    resumeSockets: () => controls.resumeSockets(),
    stats: () => controls.stats(),
    resetStats: () => controls.resetStats(),
  }
}

const isCloseCode = (code: unknown): boolean =>
  Number.isInteger(code) &&
  (((code as number) >= 1_000 && (code as number) <= 1_014 && ![1_004, 1_005, 1_006].includes(code as number)) ||
    ((code as number) >= 3_000 && (code as number) <= 4_999))

const isCheat = (body: unknown): boolean =>
  isRecord(body) && typeof body.method === 'string' && body.method.startsWith(PREFIX)

/** Tells whether a body calls `localnet_` methods, alone or in a batch of their own. */
export const callsCheats = (body: unknown): boolean =>
  Array.isArray(body) ? body.length > 0 && body.every(isCheat) : isCheat(body)

/** Tells a caller who may not call `localnet_` methods why; `undefined` when the body calls none. */
export function refuseCheats(body: unknown): unknown {
  if (!callsCheats(body)) return undefined
  const why =
    'localnet_ methods are only for this machine: content-type application/json, a loopback Host, and no Origin but a loopback one. The option "cheatOrigins" allows further origins.'
  return errorOf(idOf(body), rpcError(-32601, `Method not found: ${why}`))
}

/** Makes what answers the `localnet_` methods, and leaves all else alone. */
export function createLocalMethods(controls: LocalControls): (body: unknown) => unknown {
  const methods = localMethodsOf(controls)
  const answer = (body: unknown): unknown => {
    const request = requestOf(body)
    if (request === null || request === 'notification') return errorOf(idOf(body), rpcError(-32600, 'Invalid request'))
    const name = request.method.slice(PREFIX.length)
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    try {
      if (!method) throw rpcError(-32601, 'Method not found')
      return resultOf(request.id, method(request.params) ?? null)
    } catch (error) {
      return errorOf(request.id, isLamplightError(error) ? invalidParams(`${request.method}: ${error.message}`) : error)
    }
  }
  return (body) => {
    if (!callsCheats(body)) return undefined
    return Array.isArray(body) ? body.map(answer) : answer(body)
  }
}

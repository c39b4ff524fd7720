/** What the page can do to the local node it talks to. */
export interface NodeControls {
  dropSockets(): Promise<void>
  /** Half-open: every connection stays, and nothing comes through; new ones too. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Every request over HTTP is refused. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** As after a fresh start: nothing is refused, nothing is paused. */
  heal(): Promise<void>
}

/** The ledger's own methods, called as any JSON-RPC method; they are never struck by a fault. */
export function createNodeControls(rpcUrl: string): NodeControls {
  const faults = new Map<'pause' | 'refuse', unknown>()

  async function call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: `localnet_${method}`, params })
    const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
    if (error) throw new Error(error.message)
    return result
  }
  const strike = async (name: 'pause' | 'refuse', rule: object) => void faults.set(name, await call('addFault', rule))
  async function undo(name: 'pause' | 'refuse') {
    if (!faults.has(name)) return
    await call('removeFault', faults.get(name))
    faults.delete(name)
  }

  return {
    dropSockets: async () => void (await call('dropSockets')),
    async pause() {
      // A silent connection is given up and a new one opened; a node that hangs is silent on that one as well.
      await strike('pause', { on: 'wsOpen', do: { halfOpen: true } })
      await call('pauseSockets')
    },
    async resume() {
      await undo('pause')
      await call('resumeSockets')
    },
    refuse: () => strike('refuse', { on: 'http', do: { status: 429, retryAfter: 1 } }),
    accept: () => undo('refuse'),
    async heal() {
      faults.clear()
      await call('clearFaults')
      await call('resumeSockets')
    },
  }
}

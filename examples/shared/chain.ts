// What there is on the example pages' chain, and what their buttons do to it.
import type { Localnet } from '../../localnet/src/index.js'

/** Whose balances the pages show. */
export const owner = 'GmaDrppBC7P5ARKV8g3djiwP89vz1jLK23V2GBjuAEGB'
/** The token they show, with two digits after the point. */
export const mint = '2KW2XRd9kwqet15Aha2oK3tYvd3nWbTFH1MBiRAv1BE1'

/** Puts the wallet and its token on a chain that has just started. */
export function prepare(localnet: Localnet): void {
  localnet.createMint({ address: mint, decimals: 2 })
  localnet.fund(owner, 2_000_000_000n)
  localnet.setTokenBalance({ owner, mint, amount: 250_00n })
}

/** What the buttons do. */
export interface Faucet {
  /** Gives the wallet one SOL. */
  sol(): Promise<void>
  /** Gives the wallet this many hundredths of a token in all. */
  tokens(amount: bigint): Promise<void>
}

/** Calls the ledger's own methods, which no real node has. */
export function createFaucet(rpcUrl: string): Faucet {
  async function call(method: string, ...params: readonly unknown[]): Promise<void> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: `localnet_${method}`, params })
    const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { error } = (await response.json()) as { error?: { message: string } }
    if (error) throw new Error(error.message)
  }
  return {
    sol: () => call('fund', owner, 1_000_000_000),
    tokens: (amount) => call('setTokenBalance', { owner, mint, amount: String(amount) }),
  }
}

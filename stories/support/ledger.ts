import { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'
import { PublicKey } from '@solana/web3.js'
import type { MintOptions } from 'lamplight/localnet'

/** Where the ledger listens; `null` in a static build, beside which none runs. */
export const ledger = rpcUrl !== null && wsUrl !== null ? { rpcUrl, wsUrl } : null

/** Does on the ledger what no real node would let anyone do. */
async function cheat(method: string, param: unknown, ...more: readonly unknown[]): Promise<unknown> {
  if (!ledger) throw new Error(`localnet_${method} needs the ledger that "npm run storybook" starts.`)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: `localnet_${method}`, params: [param, ...more] })
  const response = await fetch(ledger.rpcUrl, { method: 'POST', body })
  const { result, error } = await response.json()
  if (error) throw new Error(`localnet_${method}: ${error.message}`)
  return result
}

/** An address that nobody has used. */
export const newAddress = (): string => new PublicKey(crypto.getRandomValues(new Uint8Array(32))).toBase58()

/** Makes a mint and gives its address. */
export const createMint = async (options: MintOptions): Promise<string> =>
  (await cheat('createMint', options)) as string

/** Sets what an owner has of a mint, in base units. */
export const setTokenBalance = async (owner: string, mint: string, amount: bigint): Promise<void> =>
  void (await cheat('setTokenBalance', { owner, mint, amount: String(amount) }))

/** Adds lamports to an address. */
export const fund = async (owner: string, lamports: bigint): Promise<void> =>
  void (await cheat('fund', owner, String(lamports)))

import { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'
import { PublicKey } from '@solana/web3.js'
import type { MintOptions, TokenBalanceOptions } from 'lamplight/localnet'
import { pageLedger } from './pageLedger.js'

/** Where the ledger is: beside the development server, else in the page. */
export const ledger =
  rpcUrl !== null && wsUrl !== null
    ? { rpcUrl, wsUrl, fetch: globalThis.fetch.bind(globalThis), webSocket: WebSocket }
    : await pageLedger()

async function call(method: string, ...params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await ledger.fetch(ledger.rpcUrl, { method: 'POST', body })
  const { result, error } = await response.json()
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

const SETTLE_MS = 10_000
const LOOK_MS = 20

/** Waits until an account is confirmed to exist: until then a reader is right to say that it does not. */
async function confirmed(address: string): Promise<void> {
  const deadline = Date.now() + SETTLE_MS
  const look = () => call('getAccountInfo', address, { commitment: 'confirmed', encoding: 'base64' })
  while (((await look()) as { value: unknown }).value === null) {
    if (Date.now() > deadline) throw new Error(`${address} was not confirmed within ${SETTLE_MS} ms.`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** An address that nobody has used. */
export const newAddress = (): string => new PublicKey(crypto.getRandomValues(new Uint8Array(32))).toBase58()

/** Makes a mint and gives its address. */
export async function createMint(options: MintOptions): Promise<string> {
  const mint = (await call('localnet_createMint', options)) as string
  await confirmed(mint)
  return mint
}

/** On what terms an owner has something. */
export type Terms = Pick<TokenBalanceOptions, 'frozen' | 'delegate' | 'confidential'>

/** Sets what an owner has of a mint, in base units. */
export async function setTokenBalance(owner: string, mint: string, amount: bigint, terms: Terms = {}): Promise<void> {
  await confirmed((await call('localnet_setTokenBalance', { owner, mint, amount: String(amount), ...terms })) as string)
}

/** Gives an owner something of each of so many new mints; gives these. */
export async function createTokens(owner: string, count: number, options: MintOptions = {}): Promise<string[]> {
  const mints: string[] = []
  let last = ''
  // A few hundred at a time: a page has only so many requests.
  while (mints.length < count) {
    const some = Array.from({ length: Math.min(200, count - mints.length) }, () => call('localnet_createMint', options))
    const made = (await Promise.all(some)) as string[]
    const set = (mint: string, i: number) =>
      call('localnet_setTokenBalance', { owner, mint, amount: String(mints.length + i + 1) })
    last = ((await Promise.all(made.map(set))) as string[]).at(-1) ?? ''
    mints.push(...made)
  }
  await confirmed(last)
  return mints
}

/** Adds lamports to an address. */
export async function fund(owner: string, lamports: bigint): Promise<void> {
  await call('localnet_fund', owner, String(lamports))
  await confirmed(owner)
}

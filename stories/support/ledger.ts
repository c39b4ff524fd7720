import { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'
import { Keypair, PublicKey } from '@solana/web3.js'
import type { MintOptions, TokenBalanceOptions } from 'lamplight-localnet'
import { pageLedger } from './pageLedger.js'

/** Where the ledger is: beside the development server, else in the page. */
export const ledger =
  rpcUrl !== null && wsUrl !== null
    ? { rpcUrl, wsUrl, fetch: globalThis.fetch.bind(globalThis), webSocket: WebSocket }
    : await pageLedger()

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly message: string }
}
const bodyOf = (method: string, params: readonly unknown[]) => ({ jsonrpc: '2.0', id: 1, method, params })

async function post(body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await ledger.fetch(ledger.rpcUrl, { method: 'POST', headers, body: JSON.stringify(body) })
  return response.json()
}
function resultOf(method: string, { result, error }: Answer): unknown {
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}
const call = async (method: string, ...params: readonly unknown[]) =>
  resultOf(method, (await post(bodyOf(method, params))) as Answer)

/** Calls a method once for each argument; a node takes requests of up to 50 kB. */
async function callAll(method: string, all: readonly unknown[]): Promise<unknown[]> {
  const results: unknown[] = []
  while (results.length < all.length) {
    const some = all.slice(results.length, results.length + 200)
    const answers = (await post(some.map((one) => bodyOf(method, [one])))) as Answer[]
    results.push(...answers.map((answer) => resultOf(method, answer)))
  }
  return results
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

/** The address of a wallet that nobody has used. */
export const newAddress = (): string => Keypair.generate().publicKey.toBase58()

/** An address without a key: only a program can act for it. */
export const newProgramAddress = (): string =>
  PublicKey.findProgramAddressSync([crypto.getRandomValues(new Uint8Array(32))], PublicKey.default)[0].toBase58()

/** Makes a mint and gives its address. */
export async function createMint(options: MintOptions): Promise<string> {
  const mint = (await call('localnet_createMint', options)) as string
  await confirmed(mint)
  return mint
}

/** On what terms an owner has something. */
export type Terms = Pick<TokenBalanceOptions, 'frozen' | 'delegate' | 'confidential'>

/** Sets what an owner has of a mint, in base units, and gives the token account's address. */
export async function setTokenBalance(owner: string, mint: string, amount: bigint, terms: Terms = {}): Promise<string> {
  const held = { owner, mint, amount: String(amount), ...terms }
  const account = (await call('localnet_setTokenBalance', held)) as string
  await confirmed(account)
  return account
}

/** Gives an owner something of each of so many new mints; gives these. */
export async function createTokens(owner: string, count: number, options: MintOptions = {}): Promise<string[]> {
  // Thousands of keys would take a second; nobody has to have one of a mint.
  const random = () => new PublicKey(crypto.getRandomValues(new Uint8Array(32))).toBase58()
  const wanted = Array.from({ length: count }, () => ({ ...options, address: random() }))
  const mints = (await callAll('localnet_createMint', wanted)) as string[]
  const balances = mints.map((mint, i) => ({ owner, mint, amount: String(i + 1) }))
  const accounts = (await callAll('localnet_setTokenBalance', balances)) as string[]
  await confirmed(accounts.at(-1) ?? '')
  return mints
}

/** Adds lamports to an address. */
export async function fund(owner: string, lamports: bigint): Promise<void> {
  await call('localnet_fund', owner, String(lamports))
  await confirmed(owner)
}

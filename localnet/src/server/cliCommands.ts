import { type Address, address } from '../../../src/base/address.js'
import { urlOf } from '../../../src/base/check.js'
import { isObject } from '../../../src/base/wireText.js'
import { parseAmount } from '../../../src/token/amount.js'

/** The ports a local chain has by default, where every Solana tool looks for one: requests, and sockets on the next. */
export const DEFAULT_PORT = 8899
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`
const DEFAULT_SOL = '10'
const DEFAULT_TOKENS = '1000'
const DEFAULT_DECIMALS = 6

/** What a command that changes a running chain was given. */
export interface CommandInput {
  readonly owner: string | undefined
  readonly amount: string | undefined
  readonly url: string | undefined
  readonly mint: string | undefined
  readonly decimals: number | undefined
}

/** The lines that tell how to fill a chain that was just started, with an address to try them with. */
export function firstSteps(rpcUrl: string, example: string): string {
  const url = rpcUrl === DEFAULT_URL ? '' : ` --url ${rpcUrl}`
  return `With your own address in place of this one:
  npx lamplight-localnet fund ${example} ${DEFAULT_SOL}${url}       ${DEFAULT_SOL} SOL more
  npx lamplight-localnet token ${example} ${DEFAULT_TOKENS}${url}    a new token, and ${DEFAULT_TOKENS} of it`
}

async function call(url: string, method: string, ...params: unknown[]): Promise<unknown> {
  let answer: unknown
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    answer = await response.json()
  } catch {
    throw new Error(
      `${new URL(url).host} does not answer. Start a chain with "npx lamplight-localnet", or name another with --url.`,
    )
  }
  if (isObject(answer) && 'result' in answer) return answer.result
  const error = isObject(answer) && isObject(answer.error) ? String(answer.error.message) : 'it is no Solana node'
  throw new Error(`${new URL(url).host} refused ${method}: ${error}`)
}

function amountOf(text: string, decimals: number): bigint {
  const parsed = parseAmount(text, decimals, { locale: 'en' })
  if (!parsed.ok)
    throw new Error(
      `amount: "${text}" is not allowed. Expected a number with at most ${decimals} digits after the point.`,
    )
  return parsed.amount
}

const urlFor = ({ url }: CommandInput): string => urlOf('--url', url ?? DEFAULT_URL, ['http:', 'https:']).href

/** Gives an address SOL, out of nothing, and says so. @throws Error with what to do */
export async function fund(input: CommandInput): Promise<string> {
  const owner = address(input.owner ?? '', 'address')
  const { amount = DEFAULT_SOL } = input
  await call(urlFor(input), 'localnet_fund', owner, String(amountOf(amount, 9)))
  return `${owner} has ${amount} SOL more.`
}

async function decimalsOf(url: string, mint: Address): Promise<number> {
  const supply = await call(url, 'getTokenSupply', mint, { commitment: 'processed' })
  return Number(isObject(supply) && isObject(supply.value) ? supply.value.decimals : undefined)
}

/** Makes a token, or takes one that is there, gives an address some of it, and says its mint. @throws Error with what to do */
export async function token(input: CommandInput): Promise<string> {
  const owner = address(input.owner ?? '', 'address')
  const url = urlFor(input)
  const { amount = DEFAULT_TOKENS, decimals = DEFAULT_DECIMALS } = input
  const made = async () => address(String(await call(url, 'localnet_createMint', { decimals })), 'mint')
  const mint = input.mint ? address(input.mint, '--mint') : await made()
  const digits = input.mint ? await decimalsOf(url, mint) : decimals
  await call(url, 'localnet_setTokenBalance', { owner, mint, amount: String(amountOf(amount, digits)) })
  return `${owner} has ${amount} of the token with the mint\n${mint}`
}

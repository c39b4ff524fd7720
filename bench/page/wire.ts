import type { Setting } from './setting.js'

/** The amount in a base64 token account, as anybody would read it who wants nothing else. */
export function amountOf(value: { readonly data: readonly [string, string] } | null): bigint {
  if (!value) return 0n
  const text = atob(value.data[0])
  let amount = 0n
  for (let i = 71; i >= 64; i--) amount = amount * 256n + BigInt(text.charCodeAt(i))
  return amount
}

let lastId = 0
/** One JSON-RPC request. */
export async function call<T>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (!response.ok) throw new Error(String(response.status))
  return (await response.json()).result
}

const config = { encoding: 'base64', commitment: 'confirmed' }

/** Reads all accounts, a hundred to a request. */
export async function readAll({ rpcUrl, rows }: Setting, tell: (account: string, amount: bigint) => void) {
  const pages = Array.from({ length: Math.ceil(rows.length / 100) }, (_, i) => rows.slice(i * 100, i * 100 + 100))
  const read = async (page: Setting['rows']) => {
    const accounts = page.map(({ account }) => account)
    const { value } = await call<{ value: Parameters<typeof amountOf>[0][] }>(rpcUrl, 'getMultipleAccounts', [
      accounts,
      config,
    ])
    accounts.forEach((account, i) => void tell(account, amountOf(value[i] ?? null)))
  }
  await Promise.all(pages.map(read))
}

/** Reads one account. */
export const readOne = async (url: string, account: string): Promise<bigint> =>
  amountOf((await call<{ value: Parameters<typeof amountOf>[0] }>(url, 'getAccountInfo', [account, config])).value)

/** Subscribes to all accounts over sockets of a hundred, as public nodes allow, and tells each amount that comes. */
export function streamAll({ wsUrl, rows }: Setting, tell: (account: string, amount: bigint) => void) {
  for (let i = 0; i < rows.length; i += 100) {
    const page = rows.slice(i, i + 100)
    const socket = new WebSocket(wsUrl)
    const byId = new Map<number, string>()
    socket.onopen = () =>
      page.forEach(({ account }, id) => {
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'accountSubscribe', params: [account, config] }))
      })
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data)
      if (message.method) tell(byId.get(message.params.subscription) as string, amountOf(message.params.result.value))
      else byId.set(message.result, (page[message.id] as { account: string }).account)
    }
  }
}

import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { AccountLayout, MintLayout } from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Address, TOKEN_PROGRAM } from '../../src/base/address.js'

/** A node that answers from memory as fast as it can, and offers as many changes a second as it is told to. */
export interface StubNode {
  readonly rpcUrl: string
  readonly wsUrl: string
  /** HTTP requests answered since the last `reset`, and those refused with 429. */
  readonly requests: number
  readonly refused: number
  /** Notifications sent since the last `reset`. */
  readonly sent: number
  readonly subscriptions: number
  /** Starts to change accounts, this many times a second in all; the returned function stops that. */
  stream(perSecond: number): () => void
  amountOf(account: Address): bigint
  reset(): void
  close(): Promise<void>
}

/** What a stub node holds. */
export interface StubNodeOptions {
  readonly mint: Address
  readonly accounts: readonly { readonly owner: Address; readonly account: Address }[]
  /** How long an answer over HTTP takes, in milliseconds. @default 20 */
  readonly latencyMs?: number
  /** HTTP requests a second; more are refused with 429 and `Retry-After: 1`. @default without limit */
  readonly limit?: number
}

const DECIMALS = 6
const TICK_MS = 10
/** Bytes that wait for one page to take them. */
const MAX_BACKLOG = 1_000_000

/** Starts one on a port of its own. */
export async function startStubNode({
  mint,
  accounts,
  latencyMs = 20,
  limit = Infinity,
}: StubNodeOptions): Promise<StubNode> {
  const held = new Map(accounts.map(({ account, owner }, i) => [account, tokenAccount(mint, owner, BigInt(i + 1))]))
  const mintValue = jsonOf(mintBytes())
  const count = { requests: 0, refused: 0, sent: 0, slot: 1000, windowEndsAt: 0, inWindow: 0 }
  const subscribed = new Map<Address, { readonly socket: WebSocket; readonly id: number }[]>()
  const valueAt = (address: string) => {
    const bytes = held.get(address as Address)
    return bytes ? jsonOf(bytes) : address === mint ? mintValue : null
  }
  const withContext = (value: unknown) => ({ context: { slot: count.slot }, value })

  function answer(method: string, params: readonly unknown[]): unknown {
    if (method === 'getMultipleAccounts') return withContext((params[0] as string[]).map(valueAt))
    if (method === 'getAccountInfo') return withContext(valueAt(params[0] as string))
    if (method === 'getSlot') return count.slot
    if (method === 'getTokenAccountBalance') return withContext(uiAmountOf(held.get(params[0] as Address)))
    return true
  }
  function isOver(): boolean {
    const now = Date.now()
    if (now >= count.windowEndsAt) Object.assign(count, { windowEndsAt: now + 1000, inWindow: 0 })
    return ++count.inWindow > limit
  }
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return void response.end()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    count.requests++
    if (isOver()) {
      count.refused++
      return void response.writeHead(429, { 'retry-after': '1' }).end()
    }
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString())
    await new Promise((resume) => setTimeout(resume, latencyMs))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) }))
  })
  const sockets = new WebSocketServer({ server })
  const lines = new Set<Duplex>()
  let lastId = -1
  sockets.on('connection', (socket, request) => {
    lines.add(request.socket)
    socket.on('close', () => lines.delete(request.socket))
    socket.on('message', (data) => {
      const { id, method, params } = JSON.parse(String(data))
      if (method !== 'accountSubscribe') return socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: true }))
      const line = { socket, id: ++lastId }
      subscribed.set(params[0], [...(subscribed.get(params[0]) ?? []), line])
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: line.id }))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }

  function change(account: Address) {
    const bytes = held.get(account) as Buffer
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(64) + 1n, 64)
    const value = jsonOf(bytes)
    for (const { socket, id } of subscribed.get(account) ?? []) {
      if (socket.readyState !== 1) continue
      const result = { context: { slot: count.slot }, value }
      socket.send(
        JSON.stringify({ jsonrpc: '2.0', method: 'accountNotification', params: { result, subscription: id } }),
      )
      count.sent++
    }
  }
  return {
    rpcUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    get requests() {
      return count.requests
    },
    get refused() {
      return count.refused
    },
    get sent() {
      return count.sent
    },
    get subscriptions() {
      return subscribed.size
    },
    stream(perSecond) {
      let next = 0
      let owed = 0
      let before = Date.now()
      const timer = setInterval(() => {
        const now = Date.now()
        owed += ((now - before) * perSecond) / 1000
        before = now
        count.slot++
        // What nobody takes is not offered: a page that is too slow would be measured by the memory it costs here.
        if ([...lines].some((line) => line.writableLength > MAX_BACKLOG)) owed = 0
        // What goes to one socket in one moment is one write, or the kernel would be what is measured.
        for (const line of lines) line.cork()
        for (; owed >= 1; owed--) change((accounts[next++ % accounts.length] as { account: Address }).account)
        for (const line of lines) line.uncork()
      }, TICK_MS)
      return () => clearInterval(timer)
    },
    amountOf: (account) => (held.get(account) as Buffer).readBigUInt64LE(64),
    reset: () => void Object.assign(count, { requests: 0, refused: 0, sent: 0 }),
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}

const jsonOf = (bytes: Buffer) => ({
  lamports: 2_039_280,
  data: [bytes.toString('base64'), 'base64'],
  owner: TOKEN_PROGRAM,
  executable: false,
  rentEpoch: 0,
  space: bytes.length,
})

const uiAmountOf = (bytes: Buffer | undefined) => {
  const amount = bytes?.readBigUInt64LE(64) ?? 0n
  const uiAmount = Number(amount) / 10 ** DECIMALS
  return { amount: String(amount), decimals: DECIMALS, uiAmount, uiAmountString: String(uiAmount) }
}

function tokenAccount(mint: Address, owner: Address, amount: bigint): Buffer {
  const data = Buffer.alloc(AccountLayout.span)
  const none = {
    delegateOption: 0,
    delegate: PublicKey.default,
    closeAuthorityOption: 0,
    closeAuthority: PublicKey.default,
  } as const
  const rest = { state: 1, isNativeOption: 0, isNative: 0n, delegatedAmount: 0n } as const
  AccountLayout.encode({ mint: new PublicKey(mint), owner: new PublicKey(owner), amount, ...none, ...rest }, data)
  return data
}

function mintBytes(): Buffer {
  const data = Buffer.alloc(MintLayout.span)
  const nobody = PublicKey.default
  MintLayout.encode(
    {
      mintAuthorityOption: 0,
      mintAuthority: nobody,
      supply: 1_000_000n,
      decimals: DECIMALS,
      isInitialized: true,
      freezeAuthorityOption: 0,
      freezeAuthority: nobody,
    },
    data,
  )
  return data
}

import { createTransferInstruction, getAccount } from '@solana/spl-token'
import { Connection, Keypair, PublicKey, SystemProgram, Transaction } from '@solana/web3.js'
import { createLedger, type PageLedger } from 'lamplight/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pause, until, within } from '../wire.js'

let chain: PageLedger
const key = Keypair.generate().publicKey.toBase58()
const wanted = { encoding: 'base64', commitment: 'processed' }

beforeEach(() => {
  chain = createLedger({ slotMs: 0 })
})
afterEach(() => chain.stop())

const body = (method: string, params: unknown[] = []) => ({
  method: 'POST',
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
})
const ask = async (method: string, params: unknown[] = []) =>
  (await chain.fetch(chain.rpcUrl, body(method, params))).json()

async function openSocket() {
  const socket = new chain.WebSocket(chain.wsUrl)
  const texts: string[] = []
  socket.onmessage = ({ data }) => texts.push(data)
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  await within(new Promise((resolve) => socket.addEventListener('open', resolve)), 'the opening')
  const send = (method: string, params: unknown[] = []) =>
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
  return { socket, texts, closed, send }
}
const subscribe = async () => {
  const opened = await openSocket()
  opened.send('accountSubscribe', [key, wanted])
  await until(() => opened.texts.length === 1, 'the answer')
  return opened
}
function change(): void {
  chain.fund(key, 1)
  chain.tick()
}

describe('the ledger in a page', () => {
  it('serves web3.js and spl-token over its fetch, transfers and all', async () => {
    chain.stop()
    chain = createLedger({ automine: true })
    const connection = new Connection(chain.rpcUrl, { commitment: 'confirmed', fetch: chain.fetch as never })
    const payer = Keypair.generate()
    chain.fund(payer.publicKey, 10n ** 10n)
    // Only requests go through `fetch`: what happened is asked for, not waited for.
    const confirmed = async (signature: string) =>
      expect((await connection.getSignatureStatus(signature)).value?.err).toBeNull()
    const mint = new PublicKey(chain.createMint({ decimals: 2, authority: payer.publicKey }))
    const accountOf = (owner: PublicKey) => new PublicKey(chain.setTokenBalance({ owner, mint, amount: 100n }))
    const [from, to] = [accountOf(payer.publicKey), accountOf(Keypair.generate().publicKey)]
    expect(chain.engine).toBe('memory')
    const instruction = SystemProgram.transfer({
      fromPubkey: payer.publicKey,
      toPubkey: new PublicKey(key),
      lamports: 5_000_000,
    })
    const move = createTransferInstruction(from, to, payer.publicKey, 30n)
    await confirmed(await connection.sendTransaction(new Transaction().add(instruction, move), [payer]))
    expect(await connection.getBalance(new PublicKey(key))).toBe(5_000_000)
    expect([(await getAccount(connection, from)).amount, (await getAccount(connection, to)).amount]).toEqual([
      70n,
      130n,
    ])
  })

  it('has a URL of its own, at which nothing listens', async () => {
    const other = createLedger()
    expect(other.rpcUrl).not.toBe(chain.rpcUrl)
    expect(new URL(chain.rpcUrl).hostname).toMatch(/\.invalid$/)
    await expect(fetch(chain.rpcUrl, body('getSlot'))).rejects.toThrow('fetch failed')
    other.stop()
  })

  it('takes cheats as calls, and counts', async () => {
    expect(await ask('localnet_fund', [key, 9])).toMatchObject({ result: null })
    chain.tick()
    expect(await ask('getBalance', [key, wanted])).toMatchObject({ result: { value: 9 } })
    expect(chain.stats()).toMatchObject({ httpRequests: 1, requests: { getBalance: 1 } })
  })

  it('goes on by its clock until it is stopped', async () => {
    const ticking = createLedger({ slotMs: 20 })
    const start = ticking.ledger.slots.frozen
    await until(() => ticking.ledger.slots.frozen > start + 2, 'three slots')
    ticking.stop()
    const end = ticking.ledger.slots.frozen
    await pause(60)
    expect(ticking.ledger.slots.frozen).toBe(end)
  })
})

describe('its fetch', () => {
  it('is struck by the same faults', async () => {
    chain.faults.add({ on: 'http', times: 1, do: { status: 429, retryAfter: 4 } })
    chain.faults.add({ on: 'http', times: 1, do: { drop: true } })
    const refused = await chain.fetch(chain.rpcUrl, body('getSlot'))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '4'])
    await expect(chain.fetch(chain.rpcUrl, body('getSlot'))).rejects.toThrow(TypeError)
    expect(await ask('getSlot')).toMatchObject({ result: expect.any(Number) })
  })

  it('can be aborted while it hangs', async () => {
    chain.faults.add({ on: 'http', do: { hang: true } })
    const abort = new AbortController()
    const hanging = chain.fetch(chain.rpcUrl, { ...body('getSlot'), signal: abort.signal })
    abort.abort()
    await expect(hanging).rejects.toThrow('aborted')
  })
})

describe('its WebSocket', () => {
  it('opens later, never inside its constructor, and cannot send before that', async () => {
    const socket = new chain.WebSocket(chain.wsUrl)
    expect([socket.readyState, chain.WebSocket.OPEN, socket.OPEN]).toEqual([0, 1, 1])
    expect(() => socket.send('{}')).toThrow('CONNECTING')
    await within(new Promise((resolve) => socket.addEventListener('open', resolve)), 'the opening')
    expect(socket.readyState).toBe(1)
  })

  it('notifies', async () => {
    const { texts } = await subscribe()
    change()
    await until(() => texts.length === 2, 'the notification')
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({
      method: 'accountNotification',
      params: { subscription: 0, result: { value: { lamports: 1 } } },
    })
    expect(chain.stats()).toMatchObject({ sockets: 1, subscriptions: { account: 1 } })
  })

  it('closes from either end, with a code, and is then silent', async () => {
    const own = await subscribe()
    own.socket.close(1_000)
    expect(own.socket.readyState).toBe(2)
    expect((await within(own.closed, 'the close')).code).toBe(1_000)
    change()
    const theirs = await subscribe()
    chain.dropSockets(4_002)
    expect(await within(theirs.closed, 'the close')).toMatchObject({ code: 4_002, wasClean: true })
    const cut = await subscribe()
    chain.dropSockets()
    expect(await within(cut.closed, 'the cut')).toMatchObject({ code: 1006, wasClean: false })
    expect(own.texts).toHaveLength(1)
    expect(chain.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } })
  })

  it('can be half-open: even its own close is not answered until the line goes on', async () => {
    const { socket, texts, closed } = await subscribe()
    chain.pauseSockets()
    change()
    socket.close()
    await pause(30)
    expect([socket.readyState, texts.length, chain.stats().sockets]).toEqual([2, 1, 1])
    chain.resumeSockets()
    await within(closed, 'the close')
    expect(chain.stats().sockets).toBe(0)
  })

  it('is refused, delayed and cut by faults', async () => {
    chain.faults.add({ on: 'wsOpen', times: 1, do: { status: 429 } })
    const refused = new chain.WebSocket(chain.wsUrl)
    const events: string[] = []
    for (const type of ['open', 'error', 'close'] as const) refused.addEventListener(type, () => events.push(type))
    await until(() => refused.readyState === 3, 'the refusal')
    expect(events).toEqual(['error', 'close'])
    chain.faults.add({ on: 'notification', times: 1, do: { drop: true } })
    const { closed } = await subscribe()
    change()
    expect((await within(closed, 'the cut')).code).toBe(1006)
  })
})

import { createFreezeAccountInstruction } from '@solana/spl-token'
import {
  ComputeBudgetProgram,
  Connection,
  Keypair,
  PublicKey,
  sendAndConfirmTransaction,
  Transaction,
} from '@solana/web3.js'
import { QueryClient } from '@tanstack/query-core'
import { burnToken, transferSol, transferToken } from 'lamplight/actions'
import { createBalanceClient, isLamplightError, systemClock } from 'lamplight/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { textOf } from '../../src/cache/codec.js'
import { newAddress } from '../support/localnet.js'
import { eventually, type Stage, shownOf, stage } from './stage.js'

// Two busy cores are slower than a waiting test thinks; what never comes still fails.
vi.setConfig({ testTimeout: 20_000 })

const lamportsOf = ({ net }: Stage, address: string) => net.ledger.head(address as never)?.lamports ?? 0n
const START = 10_000_000_000n
/** The node answers as if it had taken it. */
const dropped = {
  on: 'http',
  method: 'sendTransaction',
  do: { raw: '{"jsonrpc":"2.0","result":"taken"}' },
} as const
const noPending = (here: Stage, address: string = here.signer.address) =>
  eventually(() => expect(shownOf(here.client, address)?.pending).toBe(0n))

it('confirms what lands while the socket is down, and shows it', async () => {
  const here = await stage()
  const to = newAddress()
  const stop = here.client.followAccount({ address: here.signer.address, commitment: 'confirmed' })
  await eventually(() => expect(here.client.status.getState().state).toBe('live'))
  here.net.faults.add({ on: 'wsOpen', do: { status: 503 } })
  here.net.dropSockets()
  const { slot } = await transferSol(here.client, here.signer, { to, lamports: 7_000_000n }, here.options)
  expect(here.net.stats().sockets).toBe(0)
  expect(slot).toBeGreaterThan(0)
  await noPending(here)
  expect(shownOf(here.client, here.signer.address)?.amount).toBe(START - 7_005_000n)
  expect(shownOf(here.client, to)).toEqual({ amount: 7_000_000n, pending: 0n, sum: 7_000_000n })
  stop()
})

it('sends again what was dropped, and it lands once', async () => {
  const here = await stage()
  const to = newAddress()
  here.net.faults.add({ ...dropped, times: 1 })
  here.net.resetStats()
  await transferSol(here.client, here.signer, { to, lamports: 7_000_000n }, here.options)
  expect(here.net.faults.log.map(({ method }) => method)).toEqual(['sendTransaction'])
  expect(lamportsOf(here, to)).toBe(7_000_000n)
  expect(lamportsOf(here, here.signer.address)).toBe(START - 7_005_000n)
  expect(here.signer.asked).toBe(1)
  await noPending(here)
})

it('shows what was signed as pending until it expires, says so at the first look after that, and leaves nothing', async () => {
  const here = await stage({ automine: false })
  here.net.tick(40)
  const to = newAddress()
  here.net.faults.add(dropped)
  const run = transferSol(here.client, here.signer, { to, lamports: 7_000_000n }, here.options).catch((e) => e)
  await eventually(() => expect(here.phases()).toContain('confirming'))
  expect(shownOf(here.client, here.signer.address)).toEqual({
    amount: START,
    pending: -7_005_000n,
    sum: START - 7_005_000n,
  })
  expect(shownOf(here.client, to)).toEqual({ amount: 0n, pending: 7_000_000n, sum: 7_000_000n })
  here.net.tick(200)
  const { httpRequests } = here.net.stats()
  const error = await run
  expect(error).toMatchObject({ code: 'action/expired', retryable: true })
  expect(here.phases().at(-1)).toBe('expired')
  // One look, a second after the last, and one more send at most: it says so within 2 s.
  expect(here.net.stats().httpRequests - httpRequests).toBeLessThanOrEqual(4)
  expect(shownOf(here.client, here.signer.address)).toEqual({ amount: START, pending: 0n, sum: START })
  expect(shownOf(here.client, to)?.pending).toBe(0n)
  // Built anew, it goes through.
  here.net.faults.clear()
  await transferSol(here.client, here.signer, { to, lamports: 7_000_000n })
  expect(lamportsOf(here, to)).toBe(7_000_000n)
})

it.each(['token', 'token-2022'] as const)(
  'tells why the program %s refused on the chain, and takes the fee alone',
  async (program) => {
    const here = await stage()
    const freezer = Keypair.generate()
    here.net.fund(freezer.publicKey, 1_000_000_000n)
    const mint = here.net.createMint({ decimals: 0, program, freezeAuthority: freezer.publicKey })
    const account = here.net.setTokenBalance({ owner: here.signer.address, mint, amount: 50n })
    const programId = new PublicKey(here.net.ledger.head(mint)?.program as string)
    here.signer.answer = async () => {
      const [accountKey, mintKey] = [new PublicKey(account), new PublicKey(mint)]
      const freeze = createFreezeAccountInstruction(accountKey, mintKey, freezer.publicKey, [], programId)
      const connection = new Connection(here.net.rpcUrl, 'confirmed')
      const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
      const transaction = new Transaction({ feePayer: freezer.publicKey, blockhash, lastValidBlockHeight }).add(freeze)
      transaction.sign(freezer)
      await connection.sendRawTransaction(transaction.serialize())
    }
    const error = await burnToken(here.client, here.signer, { mint, amount: 20n }, here.options).catch((e) => e)
    if (!isLamplightError(error, 'action/failed')) throw error
    expect(error.context).toMatchObject({ reason: 'frozen', why: 'the token account is frozen' })
    expect(error.context.signature).toMatch(/^\w{80,90}$/)
    expect(error.context.logs.join()).toContain('custom program error: 0x11')
    expect(here.phases().at(-1)).toBe('failed')
    await noPending(here)
    await noPending(here, account)
    expect(lamportsOf(here, here.signer.address)).toBe(START - 5000n)
    expect(shownOf(here.client, here.signer.address)?.amount).toBe(START - 5000n)
  },
)

it('takes a refusal by the person for its own end: nothing sent, nothing pending', async () => {
  const here = await stage()
  const to = newAddress()
  here.signer.answer = () => {
    throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
  }
  here.net.resetStats()
  await expect(
    transferSol(here.client, here.signer, { to, lamports: 5n * 10n ** 6n }, here.options),
  ).rejects.toMatchObject({ code: 'wallet/rejected', retryable: false })
  expect(here.phases()).toEqual(['building', 'signing', 'rejected'])
  expect(shownOf(here.client, here.signer.address)).toEqual({ amount: START, pending: 0n, sum: START })
  expect(here.net.ledger.transactions.count).toBe(0)
  here.signer.answer = () => {}
  await transferSol(here.client, here.signer, { to, lamports: 5n * 10n ** 6n })
  expect(lamportsOf(here, to)).toBe(5_000_000n)
})

it('gives up when told to, and leaves nothing pending', async () => {
  const here = await stage()
  const to = newAddress()
  here.net.faults.add(dropped)
  const giveUp = new AbortController()
  const run = transferSol(
    here.client,
    here.signer,
    { to, lamports: 5n * 10n ** 6n },
    { ...here.options, signal: giveUp.signal },
  ).catch((error) => error)
  await eventually(() => expect(here.phases()).toContain('confirming'))
  expect(shownOf(here.client, to)?.pending).toBe(5_000_000n)
  giveUp.abort()
  expect(await run).toMatchObject({
    code: 'action/unconfirmed',
    context: { signature: expect.stringMatching(/^\w{80,90}$/) },
  })
  expect(here.phases().at(-1)).toBe('unconfirmed')
  expect(shownOf(here.client, to)?.pending).toBe(0n)
})

it('sends nothing when another account was connected while it was signed', async () => {
  const here = await stage()
  const other = Keypair.generate().publicKey
  here.signer.answer = () => void Object.assign(here.signer, { publicKey: other })
  await expect(
    transferSol(here.client, here.signer, { to: newAddress(), lamports: 5n * 10n ** 6n }),
  ).rejects.toMatchObject({
    code: 'wallet/unavailable',
  })
  expect(here.net.ledger.transactions.count).toBe(0)
})

it('follows what a wallet sends by itself', async () => {
  const here = await stage()
  const to = newAddress()
  const keypair = Keypair.generate()
  here.net.fund(keypair.publicKey, START)
  const signer = {
    publicKey: keypair.publicKey,
    connection: new Connection(here.net.rpcUrl, 'confirmed'),
    sendTransaction: (transaction: Transaction, connection: Connection) =>
      sendAndConfirmTransaction(connection, transaction, [keypair]),
  }
  await transferSol(here.client, signer, { to, lamports: 5n * 10n ** 6n }, here.options)
  expect(lamportsOf(here, to)).toBe(5_000_000n)
  expect(here.phases()).toEqual(['building', 'signing', 'sending', 'confirming', 'confirmed'])
})

it('holds a pushed change until it is known what it holds: it is never counted twice', async () => {
  const here = await stage()
  const mint = here.net.createMint({ decimals: 0 })
  const account = here.net.setTokenBalance({ owner: here.signer.address, mint, amount: 100n })
  const to = newAddress()
  here.net.setTokenBalance({ owner: to, mint, amount: 0n })
  const stop = here.client.followAccount({ address: account, commitment: 'confirmed' })
  await eventually(() => expect(shownOf(here.client, account)?.amount).toBeDefined())
  // The status is late: the push comes first.
  here.net.faults.add({ on: 'http', method: 'getSignatureStatuses', times: 1, do: { delayMs: 700 } })
  const info = await here.client.readMint(mint as never, 'confirmed')
  const sums = new Set<bigint | undefined>()
  const off = here.client.queryClient
    .getQueryCache()
    .subscribe(() => void sums.add(shownOf(here.client, account, info)?.sum))
  await transferToken(here.client, here.signer, { mint, to, amount: 30n })
  await noPending(here, account)
  off()
  stop()
  expect([...sums]).toEqual([100n, 70n])
  expect(shownOf(here.client, account, info)).toEqual({ amount: 70n, pending: 0n, sum: 70n })
})

it('tells of the change once, when the chain has it, and keeps what is pending out of what is stored', async () => {
  const here = await stage()
  const { queryClient, cluster } = here.client
  const stop = here.client.followAccount({ address: here.signer.address, commitment: 'confirmed' })
  await eventually(() => expect(here.client.status.getState().state).toBe('live'))
  const told: bigint[] = []
  const off = here.client.on('balance:updated', ({ address, next }) => {
    if (address === here.signer.address) told.push(next.lamports)
  })
  // The listener's code is loaded on demand.
  await import('../../src/cache/changes.js')
  here.net.faults.add({ ...dropped, times: 1 })
  const run = transferSol(here.client, here.signer, { to: newAddress(), lamports: 7_000_000n }, here.options)
  await eventually(() => expect(shownOf(here.client, here.signer.address)?.pending).toBe(-7_005_000n))
  const record = queryClient.getQueryData(['lamplight', cluster, 'confirmed', 'account', here.signer.address])
  expect(Object.keys(record as object)).not.toContain('pending')
  expect(textOf(record)).not.toContain('7005000')
  expect(told).toEqual([])
  await run
  await noPending(here)
  expect(told).toEqual([START - 7_005_000n])
  off()
  stop()
})

it('follows what a wallet has put another blockhash and a priority fee into', async () => {
  const here = await stage()
  const to = newAddress()
  here.signer.answer = async (transaction) => {
    const { blockhash } = await new Connection(here.net.rpcUrl, 'confirmed').getLatestBlockhash()
    transaction.recentBlockhash = blockhash
    transaction.add(ComputeBudgetProgram.setComputeUnitLimit({ units: 10_000 }))
    transaction.add(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 500_000 }))
  }
  here.net.faults.add({ ...dropped, times: 1 })
  const run = transferSol(here.client, here.signer, { to, lamports: 7_000_000n }, here.options)
  await eventually(() => expect(shownOf(here.client, here.signer.address)?.pending).toBe(-7_010_000n))
  await run
  expect(lamportsOf(here, to)).toBe(7_000_000n)
  await noPending(here)
  expect(shownOf(here.client, here.signer.address)?.amount).toBe(START - 7_010_000n)
})

it('does not take for expired what landed late, on the word of a node that has not seen that far', async () => {
  const here = await stage({ automine: false, slotMs: 3_600_000 }, { isLive: false })
  here.net.tick(40)
  const behind = await here.net.node({ behind: 12 })
  // One address and two nodes behind it: what became of a transaction is the second's to say.
  const fetch: typeof globalThis.fetch = (url, init) =>
    globalThis.fetch(String(init?.body).includes('getSignatureStatuses') ? behind.rpcUrl : (url as string), init)
  const client = createBalanceClient({ queryClient: new QueryClient(), rpcUrl: here.net.rpcUrl, url: false, fetch })
  here.signer.answer = () => void here.net.warp({ slots: here.net.ledger.maxAge - 3 })
  const input = { to: newAddress(), lamports: 7_000_000n }
  const run = transferSol(client, here.signer, input, here.options).catch((e) => e)
  await eventually(() => expect(here.phases()).toContain('confirming'))
  here.net.tick(10)
  const looks = () => behind.stats().requests.getSignatureStatuses ?? 0
  await eventually(() => expect(looks()).toBeGreaterThanOrEqual(2))
  expect(here.phases().at(-1)).toBe('confirming')
  here.net.tick(20)
  expect(await run).toMatchObject({ slot: expect.any(Number) })
  expect(lamportsOf(here, input.to)).toBe(7_000_000n)
})

/** A live socket, and an action whose accounts nobody follows. */
async function besides() {
  const here = await stage({ automine: false, slotMs: 3_600_000 })
  here.net.tick(40)
  const stop = here.client.followAccount({ address: newAddress() as never, commitment: 'confirmed' })
  onTestFinished(stop)
  await eventually(() => {
    // Nothing is live before its own socket has told of a slot, and this chain has none by itself.
    here.net.tick(1)
    expect(here.client.status.getState().state).toBe('live')
  })
  // Strikes nothing, and writes down each look.
  here.net.faults.add({ on: 'http', method: 'getSignatureStatuses', do: { delayMs: 0 } })
  const looks = () => here.net.faults.log.filter(({ method }) => method === 'getSignatureStatuses').length
  const subscribed = () => here.net.stats().subscriptions.signature
  const input = { to: newAddress(), lamports: 7_000_000n }
  return { ...here, here, input, looks, subscribed }
}
/** Nothing that waits for its time ever comes. */
const stopped = {
  ...systemClock,
  schedule: (task: () => void, ms: number) => (ms > 0 ? () => {} : systemClock.schedule(task, 0)),
}

it('looks once, when a node says over the socket that it is confirmed, where nobody follows its accounts', async () => {
  const { here, input, looks, subscribed } = await besides()
  const run = transferSol(here.client, here.signer, input, { ...here.options, clock: stopped })
  await eventually(() => expect([here.phases().at(-1), subscribed()]).toEqual(['confirming', 1]))
  expect(looks()).toBe(0)
  here.net.tick(40)
  await run
  expect([looks(), subscribed()]).toEqual([1, 0])
  expect(lamportsOf(here, input.to)).toBe(7_000_000n)
})

it.each([
  ['is lost', { on: 'notification', method: 'signatureNotification', do: { lose: true } }],
  [
    'was refused',
    { on: 'wsCall', method: 'signatureSubscribe', do: { error: { code: -32601, message: 'Method not found' } } },
  ],
] as const)('confirms by looking when what the node would say %s', async (_, fault) => {
  const { here, input, subscribed } = await besides()
  here.net.faults.add(fault)
  const run = transferSol(here.client, here.signer, input, here.options)
  const struck = () => here.net.faults.log.some(({ method }) => method === fault.method)
  await eventually(() => expect([here.phases().at(-1), subscribed() > 0 || struck()]).toEqual(['confirming', true]))
  here.net.tick(40)
  await run
  expect(struck()).toBe(true)
  expect(lamportsOf(here, input.to)).toBe(7_000_000n)
  expect(here.client.status.getState()).toMatchObject({ state: 'live', lastError: null })
  await eventually(() => expect(subscribed()).toBe(0))
})

it('confirms by looking when the socket drops after it was subscribed', async () => {
  const { here, input, subscribed } = await besides()
  const run = transferSol(here.client, here.signer, input, here.options)
  await eventually(() => expect([here.phases().at(-1), subscribed()]).toEqual(['confirming', 1]))
  here.net.dropSockets()
  here.net.tick(40)
  await run
  expect(lamportsOf(here, input.to)).toBe(7_000_000n)
  expect(subscribed()).toBe(0)
})

it('lets the node’s word go when the action is given up', async () => {
  const { here, input, subscribed } = await besides()
  const giveUp = new AbortController()
  const run = transferSol(here.client, here.signer, input, { ...here.options, signal: giveUp.signal }).catch((e) => e)
  await eventually(() => expect(subscribed()).toBe(1))
  giveUp.abort()
  await run
  await eventually(() => expect(subscribed()).toBe(0))
})

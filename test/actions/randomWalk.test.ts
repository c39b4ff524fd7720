import { Keypair } from '@solana/web3.js'
import { notifyManager, QueryClient, QueryObserver } from '@tanstack/query-core'
import fc from 'fast-check'
import {
  type ActionOptions,
  type ActionReceipt,
  burnToken,
  closeTokenAccount,
  createTokenAccount,
  transferSol,
  transferToken,
} from 'lamplight/actions'
import {
  type Address,
  type BalanceClient,
  balanceKeys,
  createBalanceClient,
  type LamplightError,
  systemClock,
} from 'lamplight/core'
import type { FaultRule, Localnet } from 'lamplight/localnet'
import { expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { overlayOf } from '../../src/pending/overlay.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { localnet, newAddress } from '../support/localnet.js'
import { signerOf, type TestSigner } from './stage.js'

// Random sequences of actions on the real ledger, with faults on. The model knows nothing of slots, pushes or reads: a
// transaction counts in full from its signature on, and not at all once it was refused, failed or was given up. What is
// shown, confirmed and pending together, has to be that sum after every batch of writes, and the ledger's truth at rest.

const OPS = ['transfer', 'burn', 'sol', 'cycle', 'close', 'closed', 'refuse', 'fail', 'expire', 'give up'] as const
type Op = (typeof OPS)[number]
type Program = 'token' | 'token-2022'

const DROPPED: FaultRule = {
  on: 'http',
  method: 'sendTransaction',
  do: { raw: '{"jsonrpc":"2.0","id":1,"result":"taken"}' },
}
const FAULTS: readonly FaultRule[] = [
  { ...DROPPED, times: 1 },
  { on: 'http', method: 'sendTransaction', times: 2, do: { delayMs: 40 } },
  { on: 'http', method: 'getSignatureStatuses', times: 2, do: { delayMs: 60 } },
  { on: 'http', method: 'getSignatureStatuses', times: 1, do: { status: 503 } },
  { on: 'notification', times: 3, do: { delayMs: 50 } },
  { on: 'notification', times: 2, do: { duplicate: true } },
  { on: 'notification', times: 2, do: { lose: true } },
]
/** Actions look, and send again, ten times as often. */
const start = Date.now()
const clock = {
  now: () => start + (Date.now() - start) * 10,
  schedule: (task: () => void, afterMs: number) => systemClock.schedule(task, afterMs / 10),
}

/** What one transaction does to one shown amount, and whether it counts: yes, no, or it cannot be told at this instant. */
interface Effect {
  readonly address: string
  readonly amount: bigint
  counts: boolean | 'maybe'
}

interface Chain {
  readonly net: Localnet
  readonly client: BalanceClient
  /** The same page over a node that takes every transaction and sends none on. */
  readonly dropping: BalanceClient
  readonly program: Program
  readonly mint: Address
}

/** One wallet, its friend, and the four amounts of theirs that are shown. */
interface Wallet {
  readonly keypair: Keypair
  readonly address: string
  readonly friend: string
  readonly tokens: readonly string[]
  readonly shown: Set<string>
  readonly base: Map<string, bigint>
  effects: Effect[]
  readonly wrong: string[]
  /** Takes accounts out of sight that are shown for one round. */
  readonly passing: (() => void)[]
  /** How its actions ended, by the error's code. */
  readonly ends: string[]
}

async function openChain(program: Program): Promise<Chain> {
  const net = await localnet({ automine: false, slotMs: 20 })
  const hole = await net.node()
  hole.faults.add(DROPPED)
  const queryClient = new QueryClient()
  const page = {
    ...{ queryClient, cluster: 'walk', webSocket: WebSocket as never, random: () => 0 },
    budget: { requestsPerSecond: 5000, burst: 5000 },
  }
  const client = createBalanceClient({ ...page, rpcUrl: net.rpcUrl, url: net.wsUrl })
  const dropping = createBalanceClient({ ...page, rpcUrl: hole.rpcUrl, url: false })
  // A busy machine is no reason to stop waiting for what is known of a transaction.
  overlayOf(client, { ...systemClock, schedule: (task, ms) => systemClock.schedule(task, ms * 10) })
  const close = client.open()
  onTestFinished(() => {
    close()
    queryClient.clear()
  })
  return { net, client, dropping, program, mint: net.createMint({ decimals: 0, program }) }
}

async function openWallet({ net, client, mint }: Chain): Promise<Wallet> {
  const keypair = Keypair.generate()
  const [address, friend] = [keypair.publicKey.toBase58(), newAddress()]
  for (const each of [address, friend]) net.fund(each, 50_000_000_000n)
  const mine = net.setTokenBalance({ owner: address, mint, amount: 1_000_000n })
  const theirs = net.setTokenBalance({ owner: friend, mint, amount: 0n })
  const shown = new Set<string>()
  const wallet: Wallet = {
    keypair,
    address,
    friend,
    tokens: [mine, theirs],
    shown,
    base: new Map(),
    effects: [],
    wrong: [],
    passing: [],
    ends: [],
  }
  for (const each of [address, friend, mine, theirs]) onTestFinished(show(client, wallet, each))
  await atRest({ net, client }, wallet)
  return wallet
}

/** Shows an account, and holds it to the model from its first rest on. */
function show(client: BalanceClient, wallet: Wallet, address: string): () => void {
  wallet.shown.add(address)
  const observer = new QueryObserver(client.queryClient, { queryKey: keyOf(client, address), enabled: false })
  const stops = [
    // As React is told: what is written in one turn is one frame.
    observer.subscribe(notifyManager.batchCalls(() => look(client, wallet, address))),
    client.followAccount({ address: address as Address, commitment: 'confirmed' }),
  ]
  return () => {
    wallet.shown.delete(address)
    wallet.base.delete(address)
    for (const stop of stops) stop()
  }
}

const keyOf = ({ cluster }: BalanceClient, address: string) =>
  balanceKeys.account(cluster, 'confirmed', address as Address)
const recordAt = (client: BalanceClient, address: string) =>
  client.queryClient.getQueryData<AccountRecord>(keyOf(client, address))

function amountsOf(client: BalanceClient, { tokens }: Wallet, address: string) {
  const record = recordAt(client, address)
  if (!record) return undefined
  const isToken = tokens.includes(address)
  const confirmed = isToken ? (record.token?.amount ?? 0n) : record.lamports
  return { confirmed, pending: (isToken ? record.pending?.tokens : record.pending?.lamports) ?? 0n }
}

/** Holds what is shown now to the model. */
function look(client: BalanceClient, wallet: Wallet, address: string) {
  const now = amountsOf(client, wallet, address)
  const base = wallet.base.get(address)
  if (!now || base === undefined) return
  let possible = [base]
  for (const { counts, amount } of wallet.effects.filter((each) => each.address === address))
    possible =
      counts === 'maybe'
        ? possible.flatMap((sum) => [sum, sum + amount])
        : possible.map((sum) => sum + (counts ? amount : 0n))
  const sum = now.confirmed + now.pending
  if (!possible.includes(sum))
    wallet.wrong.push(`${address}: ${now.confirmed} + ${now.pending}, not one of ${possible}`)
}

/** Waits until nothing is pending and all is as the ledger says; the model starts from there again. */
async function atRest({ net, client }: Pick<Chain, 'net' | 'client'>, wallet: Wallet) {
  await vi.waitFor(
    () => {
      const truths = new Map<string, bigint>()
      for (const address of wallet.shown) {
        const found = net.ledger.head(address as Address)
        const data = found && new DataView(found.data.buffer, found.data.byteOffset)
        const truth = wallet.tokens.includes(address) ? data?.getBigUint64(64, true) : (found?.lamports ?? 0n)
        expect(amountsOf(client, wallet, address), address).toEqual({ confirmed: truth, pending: 0n })
        truths.set(address, truth as bigint)
      }
      // All at once: a frame between would be held to new truths and old effects.
      for (const [address, truth] of truths) wallet.base.set(address, truth)
      wallet.effects = []
    },
    { timeout: 15_000, interval: 20 },
  )
}

/** Runs one action: what it does counts for certain between its signature and a bad end. */
async function run(
  wallet: Wallet,
  amounts: Readonly<Record<string, bigint>>,
  act: (signer: TestSigner, options: ActionOptions) => Promise<ActionReceipt>,
  {
    answer = () => {},
    onTaken = () => {},
    signal,
  }: { answer?: () => void | Promise<void>; onTaken?: () => void; signal?: AbortSignal } = {},
) {
  const effects = Object.entries(amounts).map(([address, amount]): Effect => ({ address, amount, counts: false }))
  const cost: Effect = { address: wallet.address, amount: 0n, counts: false }
  const set = (counts: Effect['counts']) => {
    for (const each of effects) each.counts = counts
  }
  const signer = signerOf(wallet.keypair)
  signer.answer = async () => {
    await answer()
    set('maybe')
    cost.counts = 'maybe'
  }
  try {
    await act(signer, {
      clock,
      signal,
      onProgress(progress) {
        if (progress.phase === 'signing') {
          Object.assign(cost, { amount: -progress.quote.networkFee - progress.quote.rent })
          wallet.effects.push(...effects, cost)
        }
        if (progress.phase === 'sending' && !signal) {
          set(true)
          cost.counts = true
        }
        if (progress.phase === 'confirming') onTaken()
      },
    })
    wallet.ends.push('confirmed')
  } catch (error) {
    wallet.ends.push((error as LamplightError).code)
    // Whether what was given up lands all the same is the chain's to say.
    if (signal) return
    set(false)
    if ((error as LamplightError).code === 'action/expired') cost.counts = false
  }
}

/** The n-th action of a round: amounts are powers of two, so that no sum is right by chance. */
async function perform(chain: Chain, wallet: Wallet, op: Op, n: number): Promise<unknown> {
  const { net, client, dropping, mint } = chain
  const [mine, theirs] = wallet.tokens as [string, string]
  const [amount, lamports] = [1n << BigInt(n), 1_000_000n << BigInt(n)]
  const send = (signer: TestSigner, options: ActionOptions, over = client) =>
    transferToken(over, signer, { mint, to: wallet.friend, amount }, options)
  const moved = { [mine]: -amount, [theirs]: amount }
  if (op === 'transfer') return run(wallet, moved, send)
  if (op === 'burn')
    return run(wallet, { [mine]: -amount }, (signer, o) => burnToken(client, signer, { mint, amount }, o))
  if (op === 'sol')
    return run(wallet, { [wallet.address]: -lamports, [wallet.friend]: lamports }, (signer, o) =>
      transferSol(client, signer, { to: wallet.friend, lamports }, o),
    )
  if (op === 'refuse') {
    const answer = () => {
      throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
    }
    return run(wallet, moved, send, { answer })
  }
  if (op === 'give up') {
    const giveUp = new AbortController()
    setTimeout(() => giveUp.abort(), 30 + 20 * n)
    return run(wallet, moved, send, { signal: giveUp.signal })
  }
  // All that is under way on the chain grows old with it.
  if (op === 'expire')
    return run(wallet, moved, (...how) => send(...how, dropping), {
      onTaken: () => net.warp({ slots: net.ledger.maxAge }),
    })
  return performBeside(chain, wallet, op)
}

/** The actions on accounts of a mint of their own. */
async function performBeside(chain: Chain, wallet: Wallet, op: Op): Promise<unknown> {
  const { net, client, program } = chain
  const other = net.createMint({ decimals: 0, program })
  if (op === 'fail') {
    // What it burns is gone by the time it was signed.
    net.setTokenBalance({ owner: wallet.address, mint: other, amount: 9n })
    const answer = () => void net.setTokenBalance({ owner: wallet.address, mint: other, amount: 0n })
    await vi.waitFor(() => expect(net.ledger.slots.frozen).toBeGreaterThan(0))
    return run(wallet, {}, (signer, o) => burnToken(client, signer, { mint: other, amount: 9n }, o), { answer })
  }
  if (op === 'closed') return sendToClosed(chain, wallet, other)
  if (op === 'close') net.setTokenBalance({ owner: wallet.address, mint: other, amount: 0n })
  else await run(wallet, {}, (signer, o) => createTokenAccount(client, signer, { mint: other }, o))
  const account = client.associatedAddress(wallet.address as Address, other, program)
  const rent = net.ledger.head(account)?.lamports ?? 0n
  if (op === 'close') {
    if (!(await confirmed(chain, account))) return
    wallet.passing.push(show(client, wallet, account))
    wallet.base.set(account, rent)
  }
  const effects = { [wallet.address]: rent, [account]: -rent }
  return run(wallet, effects, (signer, o) => closeTokenAccount(client, signer, { account }, o))
}

/** Waits until an account that was just made is confirmed; false when it was dropped with its fork. */
async function confirmed({ net, client }: Chain, address: Address): Promise<boolean> {
  while (net.ledger.head(address)) {
    const { exists } = await client.readAccount({ address, commitment: 'confirmed' }, { minSlot: 0 })
    if (exists) return true
    await new Promise((resume) => setTimeout(resume, 20))
  }
  return false
}

/** The recipient closes its account while the sender signs. */
async function sendToClosed(chain: Chain, wallet: Wallet, mint: Address) {
  const { net, client } = chain
  const closer = Keypair.generate()
  const to = closer.publicKey.toBase58()
  net.fund(to, 1_000_000_000n)
  const [mine, account] = [
    net.setTokenBalance({ owner: wallet.address, mint, amount: 9n }),
    net.setTokenBalance({ owner: to, mint, amount: 0n }),
  ]
  const made = await Promise.all([mine, account, to as Address].map((each) => confirmed(chain, each)))
  if (made.includes(false)) return
  const close = () => closeTokenAccount(client, signerOf(closer), { account }, { clock }).then(ignore, ignore)
  await run(wallet, {}, (signer, o) => transferToken(client, signer, { mint, to, amount: 9n }, o), { answer: close })
}
/** It may be too old by then; both ends are right. */
const ignore = () => {}

const WALLETS = 8
const ROUNDS = Number(process.env.LAMPLIGHT_WALKS ?? 80) / WALLETS

it.each(['token', 'token-2022'] as const)(
  'shows what is confirmed and pending as one right sum in every frame, under the program %s',
  async (program) => {
    const chain = await openChain(program)
    const wallets = await Promise.all(Array.from({ length: WALLETS }, () => openWallet(chain)))
    const sequence = fc.array(fc.constantFrom(...OPS), { minLength: 1, maxLength: 4 })
    const round = fc.record({
      sequences: fc.array(sequence, { minLength: WALLETS, maxLength: WALLETS }),
      faults: fc.subarray([...FAULTS], { maxLength: 3 }),
      reorgsAtMs: fc.array(fc.integer({ min: 10, max: 250 }), { maxLength: 2 }),
      dropsAtMs: fc.array(fc.integer({ min: 10, max: 250 }), { maxLength: 1 }),
    })
    const property = fc.asyncProperty(round, async ({ sequences, faults, reorgsAtMs, dropsAtMs }) => {
      const undo = faults.map((fault) => chain.net.faults.add(fault))
      const timers = [
        ...reorgsAtMs.map((ms) => setTimeout(() => chain.net.reorg(1), ms)),
        ...dropsAtMs.map((ms) => setTimeout(() => chain.net.dropSockets(), ms)),
      ]
      await Promise.all(sequences.flatMap((ops, i) => ops.map((op, n) => perform(chain, wallets[i] as Wallet, op, n))))
      for (const timer of timers) clearTimeout(timer)
      for (const each of undo) each()
      await Promise.all(wallets.map((wallet) => atRest(chain, wallet)))
      for (const stop of wallets.flatMap(({ passing }) => passing.splice(0))) stop()
      expect(wallets.flatMap(({ wrong }) => wrong)).toEqual([])
    })
    await fc.assert(property, { numRuns: ROUNDS, endOnFailure: true, seed: 20_261 })
    const ends = wallets.flatMap((wallet) => wallet.ends)
    for (const end of ['confirmed', 'wallet/rejected', 'action/failed', 'action/expired', 'wallet/unavailable'])
      expect(ends).toContain(end)
    expect(ends.filter((end) => end === 'confirmed').length).toBeGreaterThan(ends.length / 5)
  },
  600_000,
)

import {
  ComputeBudgetProgram,
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import { type ActionProgress, burnToken, createTokenAccount, type Signer, transferSol } from 'lamplight/actions'
import { expect, it, vi } from 'vitest'
import { optimisticUpdatesOf } from '../../src/client/pending/optimisticUpdates.js'
import { newAddress } from '../support/localnet.js'
import { uncaught } from '../support/uncaught.js'
import { eventually, shownOf, type signerOf, stage } from './stage.js'
import { answer, refusal, silence, type UnrulyStage, unrulyStage } from './unruly.js'

vi.setConfig({ testTimeout: 30_000 })

const send = (here: UnrulyStage, signer: Signer = here.signer) =>
  transferSol(here.client, signer, { to: newAddress(), lamports: 5_000_000n }, here.options).catch((e) => e)
const nothingPending = (here: Pick<UnrulyStage, 'client'>) =>
  expect([...optimisticUpdatesOf(here.client).own.keys()]).toEqual([])
const taken = (method: string) => (method === 'sendTransaction' ? answer('taken') : undefined)

it.each([
  ['getLatestBlockhash', null],
  ['getLatestBlockhash', {}],
  ['getLatestBlockhash', { context: { slot: 1 }, value: {} }],
  ['getLatestBlockhash', { context: { slot: 1 }, value: { blockhash: 'x'.repeat(44), lastValidBlockHeight: 1 } }],
  ['getLatestBlockhash', { context: { slot: 1 }, value: { blockhash: '1'.repeat(32), lastValidBlockHeight: 2 ** 53 } }],
  ['getFeeForMessage', null],
  ['getFeeForMessage', {}],
  ['getFeeForMessage', { context: { slot: 1 }, value: '5000' }],
  ['getFeeForMessage', { context: { slot: 1 }, value: -1 }],
  ['simulateTransaction', null],
  ['simulateTransaction', {}],
  ['simulateTransaction', { context: { slot: 1 }, value: null }],
  ['simulateTransaction', { context: { slot: 1 }, value: {} }],
])('names %s when it answers %j, and asks no wallet', async (method, result) => {
  const here = await unrulyStage()
  here.unruly = (asked) => (asked === method ? answer(result) : undefined)
  expect(await send(here)).toMatchObject({ code: 'rpc/malformed', context: { method } })
  expect(here.phases()).toEqual(['building', 'failed'])
  expect(here.signer.asked).toBe(0)
  nothingPending(here)
})

it.each([
  ['no accounts', null],
  ['too few', []],
  ['no lamports', [{}]],
  ['less than none', [{ lamports: -1 }]],
])('does not tell a rent of 0 when the simulation gives %s', async (_, accounts) => {
  const here = await unrulyStage()
  const mint = here.net.createMint({ decimals: 0 })
  here.unruly = (method, genuine) =>
    method === 'simulateTransaction'
      ? answer({ ...(genuine as object), value: { ...(genuine as { value: object }).value, accounts } })
      : undefined
  const run = createTokenAccount(here.client, here.signer, { mint }, here.options)
  await expect(run).rejects.toMatchObject({ code: 'rpc/malformed', context: { method: 'simulateTransaction' } })
})

it('takes a memo by its bytes: 512 of them go through, and more are refused before anything is asked', async () => {
  const here = await stage()
  const mint = here.net.createMint({ decimals: 0 })
  here.net.setTokenBalance({ owner: here.signer.address, mint, amount: 50n })
  const burn = (memo: string) => burnToken(here.client, here.signer, { mint, amount: 1n, memo }, here.options)
  const { signature } = await burn('🔥'.repeat(128))
  expect(here.net.ledger.transactions.get(signature)?.execution.fault).toBe(null)
  const before = here.net.stats().httpRequests
  const error = await burn('🔥'.repeat(400)).catch((e) => e)
  expect(error).toMatchObject({ code: 'input/invalid-value', context: { argument: 'memo' } })
  expect(error.message).toContain('at most 512 bytes in UTF-8')
  expect(here.phases().at(-1)).toBe('failed')
  expect(here.net.stats().httpRequests).toBe(before)
})

it.each([
  ['a RangeError', new RangeError('encoding overruns Uint8Array')],
  ['a text', 'no'],
  ['nothing', undefined],
  ['an object that cannot be read', Object.create(null)],
])('ends in a phase when it fails with %s', async (_, thrown) => {
  const here = await unrulyStage()
  vi.spyOn(Transaction.prototype, 'serializeMessage').mockImplementationOnce(() => {
    throw thrown
  })
  expect(await send(here)).toMatchObject({ code: 'action/failed', context: { signature: null } })
  expect(here.phases()).toEqual(['building', 'failed'])
})

it.each(['throws', 'rejects'])('goes on to the end when who is told of its phases %s', async (how) => {
  const reported = uncaught()
  const here = await stage()
  const error = new Error('the app’s')
  const onProgress = (progress: ActionProgress) => {
    here.seen.push(progress)
    if (how === 'rejects') return Promise.reject(error)
    throw error
  }
  const to = newAddress()
  const { slot } = await transferSol(here.client, here.signer, { to, lamports: 5_000_000n }, { onProgress })
  expect(slot).toBeGreaterThan(0)
  expect(here.phases()).toEqual(['building', 'signing', 'sending', 'confirming', 'confirmed'])
  await eventually(() => expect(reported).toEqual(here.seen.map(() => error)))
})

const bare = (signer: ReturnType<typeof signerOf>, sendTransaction: unknown): Signer =>
  ({ publicKey: signer.publicKey, connection: {}, sendTransaction }) as never

it.each([
  ['nothing', undefined],
  ['an object', { signature: 'x' }],
  ['a word', 'signed'],
  ['63 bytes', '1'.repeat(63)],
])('does not wait for a transaction whose signature is %s, and says that it may have been sent', async (_, given) => {
  const here = await unrulyStage()
  const error = await send(
    here,
    bare(here.signer, async () => given),
  )
  expect(error).toMatchObject({ code: 'action/unconfirmed', retryable: false, context: { signature: null } })
  expect(here.phases()).toEqual(['building', 'signing', 'unconfirmed'])
  expect(here.asked.get('getSignatureStatuses')).toBe(undefined)
  nothingPending(here)
})

it.each([
  ['nothing', () => undefined],
  ['a text', () => 'x'],
  ['the transaction without a signature', (transaction: Transaction) => transaction],
  [
    'a signature of zeros',
    ({ feePayer, recentBlockhash, instructions }: Transaction) => {
      const asked = { payerKey: feePayer as PublicKey, recentBlockhash: recentBlockhash as string, instructions }
      return new VersionedTransaction(new TransactionMessage(asked).compileToV0Message())
    },
  ],
])('sends nothing when a wallet gives %s for a signed transaction', async (_, give) => {
  const here = await unrulyStage()
  const signer = {
    publicKey: here.signer.publicKey,
    signTransaction: async (asked: Transaction) => give(asked),
  } as never
  expect(await send(here, signer)).toMatchObject({ code: 'wallet/failed' })
  expect(here.asked.get('sendTransaction')).toBe(undefined)
  nothingPending(here)
})

it('ends within two minutes and 60 sends when a blockhash lives for ever, and says that nobody knows', async () => {
  const here = await unrulyStage()
  here.unruly = (method, genuine) => {
    if (method !== 'getLatestBlockhash') return taken(method)
    const { context, value } = genuine as { context: { slot: number }; value: object }
    return answer({ context, value: { ...value, lastValidBlockHeight: context.slot + 99_999 } })
  }
  const error = await send(here)
  expect(error).toMatchObject({ code: 'action/unconfirmed', retryable: false })
  expect(error.context.signature).toMatch(/^\w{80,90}$/)
  expect(here.phases().at(-1)).toBe('unconfirmed')
  expect(here.asked.get('sendTransaction')).toBeLessThanOrEqual(61)
  expect(here.passedMs()).toBeLessThan(130_000)
  nothingPending(here)
})

it.each([401, 403, 413])(
  'ends at the first send that is answered with status %i, with nothing moved',
  async (status) => {
    const here = await unrulyStage()
    here.unruly = (method) => (method === 'sendTransaction' ? new Response('Forbidden', { status }) : undefined)
    const error = await send(here)
    expect(error).toMatchObject({ code: 'action/failed', context: { signature: null } })
    expect(error.message).toMatch(status === 413 ? /too large for it\.$/ : new RegExp(`${status}`))
    expect(here.asked.get('sendTransaction')).toBe(1)
    nothingPending(here)
  },
)

it('does not take for expired what lands with a newer blockhash that the wallet took by itself', async () => {
  const here = await unrulyStage({ automine: false, slotMs: 3_600_000 })
  const keypair = Keypair.generate()
  here.net.fund(keypair.publicKey, 10_000_000_000n)
  here.net.tick(40)
  const { maxAge } = here.net.ledger
  const connection = new Connection(here.net.rpcUrl, 'confirmed')
  let looks = 0
  here.unruly = (method) => {
    if (method !== 'getSignatureStatuses' || ++looks !== 2) return undefined
    // It lands now, after what was built has lapsed.
    here.net.tick(40)
    return undefined
  }
  const signer = {
    publicKey: keypair.publicKey,
    connection,
    async sendTransaction(transaction: Transaction) {
      // The person takes their time.
      here.net.warp({ slots: maxAge - 5 })
      here.net.tick(10)
      const { blockhash } = await connection.getLatestBlockhash()
      transaction.recentBlockhash = blockhash
      transaction.sign(keypair)
      const signature = await connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true })
      here.net.tick(2)
      return signature
    },
  }
  expect(await send(here, signer as never)).toMatchObject({ slot: expect.any(Number) })
})

/** What a wallet signs in place of what it was asked for. */
const signing = (here: UnrulyStage, change: (asked: Transaction, payer: PublicKey) => void) => {
  here.signer.answer = (transaction) => change(transaction, here.signer.publicKey as PublicKey)
}
const stranger = Keypair.generate().publicKey
const LIGHTHOUSE = new PublicKey('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95')

it.each<[string, (asked: Transaction, payer: PublicKey) => void]>([
  [
    'another amount',
    (asked, fromPubkey) => {
      const [first] = asked.instructions as [TransactionInstruction]
      const toPubkey = first.keys[1]?.pubkey as PublicKey
      asked.instructions = [SystemProgram.transfer({ fromPubkey, toPubkey, lamports: 6_000_000 })]
    },
  ],
  [
    'another recipient',
    (asked, fromPubkey) => {
      asked.instructions = [SystemProgram.transfer({ fromPubkey, toPubkey: stranger, lamports: 5_000_000 })]
    },
  ],
  [
    'a second transfer',
    (asked, fromPubkey) => {
      asked.add(SystemProgram.transfer({ fromPubkey, toPubkey: stranger, lamports: 1 }))
    },
  ],
  [
    'nothing but a price',
    (asked) => {
      asked.instructions = [ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1 })]
    },
  ],
  [
    'a guard that may write',
    (asked) => {
      const keys = [{ pubkey: stranger, isSigner: false, isWritable: true }]
      asked.add(new TransactionInstruction({ programId: LIGHTHOUSE, keys, data: Buffer.from([0]) }))
    },
  ],
])('sends nothing when a wallet signed %s', async (_, change) => {
  const here = await unrulyStage()
  signing(here, change)
  const error = await send(here)
  expect(error).toMatchObject({ code: 'wallet/altered', retryable: false, context: { signature: null } })
  expect(here.phases()).toEqual(['building', 'signing', 'failed'])
  expect(here.asked.get('sendTransaction')).toBe(undefined)
})

it('lets a wallet set a price and a limit', async () => {
  const here = await unrulyStage()
  signing(here, (asked) => {
    asked.instructions.unshift(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 10 }))
    asked.instructions.unshift(ComputeBudgetProgram.setComputeUnitLimit({ units: 20_000 }))
  })
  expect(await send(here)).toMatchObject({ slot: expect.any(Number) })
})

it('lets a wallet add a guard that writes nothing, and sends it as it was signed', async () => {
  const here = await unrulyStage()
  signing(here, (asked, payer) => {
    const keys = [{ pubkey: payer, isSigner: false, isWritable: false }]
    asked.add(new TransactionInstruction({ programId: LIGHTHOUSE, keys, data: Buffer.from([2]) }))
  })
  // The ledger has no such program: that it was sent is what counts.
  await send(here)
  expect(here.asked.get('sendTransaction')).toBeGreaterThan(0)
})

it.each(['legacy', 0] as const)('takes a versioned transaction of version %s that says the same', async (version) => {
  const here = await unrulyStage()
  const keypair = Keypair.generate()
  here.net.fund(keypair.publicKey, 10_000_000_000n)
  const signer = {
    publicKey: keypair.publicKey,
    async signTransaction({ recentBlockhash, instructions }: Transaction) {
      const message = new TransactionMessage({
        payerKey: keypair.publicKey,
        recentBlockhash: recentBlockhash as string,
        instructions,
      })
      const versioned = new VersionedTransaction(
        version === 0 ? message.compileToV0Message() : message.compileToLegacyMessage(),
      )
      versioned.sign([keypair])
      return versioned
    },
  }
  expect(await send(here, signer as never)).toMatchObject({ slot: expect.any(Number) })
  expect(here.phases().at(-1)).toBe('confirmed')
})

it('does not call confirmed what a wallet sent in place of what it was asked for', async () => {
  const here = await unrulyStage()
  const connection = new Connection(here.net.rpcUrl, 'confirmed')
  const keypair = Keypair.generate()
  here.net.fund(keypair.publicKey, 10_000_000_000n)
  const signer = {
    publicKey: keypair.publicKey,
    connection,
    async sendTransaction(asked: Transaction) {
      const other = new Transaction({ feePayer: keypair.publicKey, recentBlockhash: asked.recentBlockhash as string })
      other.add(SystemProgram.transfer({ fromPubkey: keypair.publicKey, toPubkey: stranger, lamports: 9_000_000 }))
      other.sign(keypair)
      return connection.sendRawTransaction(other.serialize(), { skipPreflight: true })
    },
  }
  const error = await send(here, signer as never)
  expect(error).toMatchObject({ code: 'wallet/altered', context: { signature: expect.any(String) } })
  expect(here.phases()).not.toContain('confirmed')
})

it('asks for a transaction of any version, and says why it failed as far as a node can tell', async () => {
  for (const code of [undefined, -32015, -32020]) {
    const here = await unrulyStage()
    const versions: unknown[] = []
    here.unruly = (method, genuine) => {
      if (method === 'getSignatureStatuses') {
        const { context, value } = genuine as { context: object; value: readonly object[] }
        return answer({
          context,
          value: value.map((each) => each && { ...each, err: { InstructionError: [0, { Custom: 1 }] } }),
        })
      }
      if (method !== 'getTransaction') return undefined
      return code === undefined ? undefined : refusal(code)
    }
    const request = here.client.request
    Object.assign(here.client, {
      request: (method: string, params: readonly unknown[], more: never) => {
        if (method === 'getTransaction')
          versions.push((params[1] as Record<string, unknown>).maxSupportedTransactionVersion)
        return request(method, params, more)
      },
    })
    expect(await send(here)).toMatchObject({ code: 'action/failed', context: { signature: expect.any(String) } })
    expect(new Set(versions)).toEqual(new Set([1]))
  }
})

it('lets go at once of a wallet that never answers, and does not send what it signs later', async () => {
  const here = await unrulyStage()
  let sign = () => {}
  here.signer.answer = () =>
    new Promise<void>((done) => {
      sign = done
    })
  const giveUp = new AbortController()
  const options = { ...here.options, signal: giveUp.signal }
  const run = transferSol(here.client, here.signer, { to: newAddress(), lamports: 5n * 10n ** 6n }, options).catch(
    (e) => e,
  )
  await eventually(() => expect(here.phases().at(-1)).toBe('signing'))
  giveUp.abort()
  expect(await run).toMatchObject({ code: 'action/cancelled', retryable: true })
  expect(here.phases().at(-1)).toBe('cancelled')
  sign()
  await new Promise((done) => setTimeout(done, 50))
  expect(here.asked.get('sendTransaction')).toBe(undefined)
  expect(here.phases().at(-1)).toBe('cancelled')
  nothingPending(here)
})

it('says of a wallet that sends by itself that it may still do so, and then that it has', async () => {
  const here = await unrulyStage()
  let sent = (_: string) => {}
  const giveUp = new AbortController()
  const signer = bare(
    here.signer,
    () =>
      new Promise<string>((done) => {
        sent = done
      }),
  )
  const options = { ...here.options, signal: giveUp.signal }
  const run = transferSol(here.client, signer, { to: newAddress(), lamports: 5n * 10n ** 6n }, options).catch((e) => e)
  await eventually(() => expect(here.phases().at(-1)).toBe('signing'))
  giveUp.abort()
  expect(await run).toMatchObject({ code: 'action/unconfirmed', context: { signature: null } })
  sent('3'.repeat(87))
  await eventually(() =>
    expect(here.seen.at(-1)).toMatchObject({ phase: 'unconfirmed', error: { context: { signature: '3'.repeat(87) } } }),
  )
})

it('goes on for who has not given it up', async () => {
  const here = await unrulyStage()
  let sign = () => {}
  here.signer.answer = () =>
    new Promise<void>((done) => {
      sign = done
    })
  const input = { to: newAddress(), lamports: 5_000_000n }
  const giveUp = new AbortController()
  const first = transferSol(here.client, here.signer, input, { signal: giveUp.signal }).catch((e) => e)
  const second = transferSol(here.client, here.signer, input, here.options)
  await eventually(() => expect(here.phases().at(-1)).toBe('signing'))
  giveUp.abort()
  expect(await first).toMatchObject({ code: 'action/cancelled' })
  sign()
  expect(await second).toMatchObject({ slot: expect.any(Number) })
})

/** A number that follows from a seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
const JUNK = [null, {}, [], '', 'x', 0, -1, 2 ** 53, 1.5, true, [null], { value: null }, { context: {}, value: [] }]

/** The genuine answer with one thing in it that makes no sense, or none at all. */
function spoilt(genuine: unknown, random: () => number): unknown {
  const junk = JUNK[Math.floor(random() * JUNK.length)]
  if (typeof genuine !== 'object' || genuine === null || random() < 0.3) return junk
  const keys = Object.keys(genuine)
  const key = keys[Math.floor(random() * keys.length)]
  if (key === undefined) return junk
  const copy: Record<string, unknown> = Array.isArray(genuine) ? ([...genuine] as never) : { ...genuine }
  copy[key] = spoilt(copy[key], random)
  return copy
}

const METHODS = [
  'getLatestBlockhash',
  'getFeeForMessage',
  'simulateTransaction',
  'sendTransaction',
  'getSignatureStatuses',
]
const MORE = ['getEpochInfo', 'getTransaction', 'getMultipleAccounts']

it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
  'ends whatever a node answers, with few sends and nothing left pending (seed %i)',
  async (seed) => {
    const random = randomOf(seed)
    const here = await unrulyStage()
    const all = [...METHODS, ...MORE]
    const struck = new Set(all.filter(() => random() < 0.35))
    const how = random()
    here.unruly = (method, genuine) => {
      if (!struck.has(method) || random() < 0.3) return undefined
      if (how < 0.5) return answer(spoilt(genuine, random))
      if (how < 0.7) return refusal([-32601, -32602, -32603, -32005, -32015, 1][Math.floor(random() * 6)] as number)
      if (how < 0.85) return new Response('no', { status: [400, 403, 500, 503][Math.floor(random() * 4)] as number })
      return silence()
    }
    const end = await send(here)
    const last = here.seen.at(-1)?.phase
    expect(['confirmed', 'failed', 'expired', 'unconfirmed']).toContain(last)
    if (last === 'confirmed') expect(end).toMatchObject({ signature: expect.any(String) })
    else expect(end).toMatchObject({ code: expect.stringMatching(/^(rpc|action|account)\//) })
    expect(here.asked.get('sendTransaction') ?? 0).toBeLessThanOrEqual(61)
    expect(here.passedMs()).toBeLessThan(160_000)
    // What landed stays until every record holds it; nothing else does.
    for (const pendingTransaction of optimisticUpdatesOf(here.client).own.values())
      expect(pendingTransaction.slot).not.toBe(null)
    here.unruly = () => undefined
    if (last !== 'confirmed') expect(shownOf(here.client, here.signer.address)?.pending ?? 0n).toBe(0n)
  },
)

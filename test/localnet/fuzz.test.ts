import { fork } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  AddressLookupTableAccount,
  Keypair,
  PublicKey,
  SystemProgram,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import fc from 'fast-check'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, post, until } from './wire.js'

const root = resolve(import.meta.dirname, '../..')
const payer = Keypair.fromSeed(new Uint8Array(32).fill(5))
const CASES = 1_250
const IN_A_BATCH = 25

let folder: string
let rpcUrl: string
let child: ReturnType<typeof fork>
let ended: string | undefined

// In a process of its own: what this looks for is the end of the process, which no test could report from inside.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamplight-fuzz-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const file = join(folder, 'cli.mjs')
  const bundle = await rolldown({
    input: join(root, 'localnet/src/server/cli.ts'),
    platform: 'node',
    external: (id) => !/^[./\0]/.test(id),
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  child = fork(file, ['--json', '--port', '0', '--automine', '--engine', 'svm'], { silent: true })
  let said = ''
  child.stdout?.on('data', (text) => {
    said += text
  })
  child.on('exit', (code, signal) => {
    ended = `${code ?? signal}`
  })
  await until(() => said.includes('\n'), 'the start of the node', 15_000)
  rpcUrl = (JSON.parse(said) as { rpcUrl: string }).rpcUrl
  await call(rpcUrl, 'localnet_fund', payer.publicKey.toBase58(), '100000000000')
})
afterAll(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Bytes of a good transaction: with and without a version, with and without a lookup. */
async function goodBytes(): Promise<Uint8Array[]> {
  const { value } = await call(rpcUrl, 'getLatestBlockhash')
  const table = new AddressLookupTableAccount({
    key: Keypair.generate().publicKey,
    state: {
      deactivationSlot: 2n ** 64n - 1n,
      lastExtendedSlot: 0,
      lastExtendedSlotStartIndex: 0,
      addresses: [new PublicKey(new Uint8Array(32).fill(8))],
    },
  })
  const message = new TransactionMessage({
    payerKey: payer.publicKey,
    recentBlockhash: value.blockhash,
    instructions: [
      SystemProgram.transfer({
        fromPubkey: payer.publicKey,
        toPubkey: new PublicKey(new Uint8Array(32).fill(8)),
        lamports: 1_000_000,
      }),
    ],
  })
  return [message.compileToLegacyMessage(), message.compileToV0Message(), message.compileToV0Message([table])].map(
    (compiled) => {
      const transaction = new VersionedTransaction(compiled)
      transaction.sign([payer])
      return transaction.serialize()
    },
  )
}

type Change = readonly ['set' | 'insert' | 'remove' | 'cut', number, number]
const changeArbitrary = fc.tuple(
  fc.constantFrom<Change[0]>('set', 'set', 'set', 'insert', 'remove', 'cut'),
  fc.nat(10_000),
  fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 127, 128, 129, 255)),
)

function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  const list = [...bytes]
  for (const [kind, where, value] of changes) {
    // The shape of a transaction is in its first bytes and after the signature: that is where changes hurt.
    const spots = where % 3 === 0 ? [0, 64, 65, 66, 67, 68, 69, 70] : []
    const at = spots[where % Math.max(1, spots.length)] ?? where % Math.max(1, list.length)
    if (kind === 'set') list[at] = value
    else if (kind === 'insert') list.splice(at, 0, value)
    else if (kind === 'remove') list.splice(at, 1)
    else list.length = at
  }
  return Uint8Array.from(list.map((byte) => byte ?? 0))
}

/** Sends all, in four ways each, and gives how many answers show that the bytes were taken for a transaction. */
async function sendAll(all: readonly Uint8Array[]): Promise<number> {
  let taken = 0
  for (let i = 0; i < all.length; i += IN_A_BATCH) {
    const requests = all.slice(i, i + IN_A_BATCH).flatMap((bytes, j) => {
      const text = Buffer.from(bytes).toString('base64')
      const request = (method: string, config: object) => ({
        jsonrpc: '2.0',
        id: i + j,
        method,
        params: [text, { encoding: 'base64', ...config }],
      })
      return [
        request('simulateTransaction', { sigVerify: false }),
        request('simulateTransaction', { replaceRecentBlockhash: true }),
        request('sendTransaction', { skipPreflight: true }),
        request('sendTransaction', {}),
      ]
    })
    for (let part = 0; part < requests.length; part += IN_A_BATCH) {
      const answers = (await (await post(rpcUrl, requests.slice(part, part + IN_A_BATCH))).json()) as {
        error?: { code: number }
      }[]
      const codes = answers.map(({ error }) => error?.code)
      // A refusal is fine; an internal error would be a hole that only happened not to be deep.
      expect(codes.filter((code) => ![undefined, -32602, -32002, -32003].includes(code))).toEqual([])
      taken += codes.filter((code) => code !== -32602).length
    }
  }
  return taken
}

describe('malformed transactions never end the node', () => {
  it(`when their bytes are random (${CASES} cases)`, async () => {
    const cases = fc.sample(fc.uint8Array({ maxLength: 400 }), { numRuns: CASES, seed: 11 })
    await sendAll(cases)
    expect(ended).toBeUndefined()
    expect(await call(rpcUrl, 'getHealth')).toBe('ok')
  })

  it(`when they are good ones with a few bytes changed (${CASES} cases)`, async () => {
    const good = await goodBytes()
    const changes = fc.sample(fc.array(changeArbitrary, { minLength: 1, maxLength: 4 }), { numRuns: CASES, seed: 12 })
    // Enough of them must get past the decoder, or this would only test the decoder.
    expect(await sendAll(changes.map((list, i) => changed(good[i % good.length] as Uint8Array, list)))).toBeGreaterThan(
      CASES / 2,
    )
    expect(ended).toBeUndefined()
    expect(await call(rpcUrl, 'getHealth')).toBe('ok')
  })

  it('and a good one still lands', async () => {
    const [bytes] = await goodBytes()
    const signature = await call(rpcUrl, 'sendTransaction', Buffer.from(bytes as Uint8Array).toString('base64'), {
      encoding: 'base64',
    })
    const { value } = await call(rpcUrl, 'getSignatureStatuses', [signature])
    expect(value[0]).toMatchObject({ err: null })
  })
})

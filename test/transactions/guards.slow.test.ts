import { PublicKey } from '@solana/web3.js'
import { burnToken, closeTokenAccount, transferSol, transferToken, wrapSol } from 'lamplight/actions'
import { expect, it, vi } from 'vitest'
import { NATIVE_MINT } from '../../src/base/address.js'
import { systemClock } from '../../src/base/clock.js'
import { newAddress } from '../support/localnet.js'
import { type Stage, stage } from './stage.js'

// Two busy cores are slower than a waiting test thinks; what never comes still fails.
vi.setConfig({ testTimeout: 20_000 })

type Program = 'token' | 'token-2022'
const programs = ['token', 'token-2022'] as const
const off = PublicKey.findProgramAddressSync([Buffer.from('vault')], new PublicKey(NATIVE_MINT))[0].toBase58()

/** Writes into an account's bytes, as a program that nobody has here would. */
function patch({ net }: Stage, address: string, change: (data: Uint8Array) => Uint8Array | undefined) {
  const found = net.ledger.head(address as never)
  if (!found) throw new Error(`${address} is not there`)
  const data = found.data.slice()
  net.ledger.setAccounts([[address as never, { ...found, data: change(data) ?? data }]])
}
/** A mint's bytes, padded to where extensions start, with one more. */
function extended(data: Uint8Array, type: number, body: readonly number[]): Uint8Array {
  const start = data.length > 165 ? data.length : 166
  const out = new Uint8Array(start + 4 + body.length)
  out.set(data)
  out[165] = 1
  out.set([type, 0, body.length, 0, ...body], start)
  return out
}

async function withTokens(program: Program, amount = 1000n) {
  const here = await stage()
  const mint = here.net.createMint({ decimals: 2, program })
  const account = here.net.setTokenBalance({ owner: here.signer.address, mint, amount })
  const to = newAddress()
  const theirs = here.net.setTokenBalance({ owner: to, mint, amount: 0n })
  return { ...here, mint, account, to, theirs }
}
type Here = Awaited<ReturnType<typeof withTokens>>

const refusals: readonly [string, string, (here: Here) => Promise<unknown> | unknown][] = [
  ['more than there is', 'insufficient-funds', (h) => send(h, { amount: 1001n })],
  [
    'burning more than there is',
    'insufficient-funds',
    (h) => burnToken(h.client, h.signer, { mint: h.mint, amount: '10.01' }),
  ],
  ['to a mint', 'invalid-recipient', (h) => send(h, { to: h.mint })],
  ['to a token account of another', 'invalid-recipient', (h) => send(h, { to: h.theirs })],
  [
    'SOL to a token account',
    'invalid-recipient',
    (h) => transferSol(h.client, h.signer, { to: h.theirs, lamports: 10n ** 7n }),
  ],
  ['SOL to a mint', 'invalid-recipient', (h) => transferSol(h.client, h.signer, { to: h.mint, lamports: 10n ** 7n })],
  ['to somebody without an account', 'no-account', (h) => send(h, { to: newAddress() })],
  [
    'to a token account of another mint',
    'invalid-recipient',
    (h) => {
      const mint = h.net.createMint({ decimals: 0 })
      const to = h.net.setTokenBalance({ owner: newAddress(), mint, amount: 0n })
      return send(h, { to, allowTokenAccount: true })
    },
  ],
  [
    'to an account that was given away',
    'invalid-recipient',
    (h) => {
      patch(h, h.theirs, (data) => void data.set(new PublicKey(newAddress()).toBytes(), 32))
      return send(h, {})
    },
  ],
  ['out of a frozen account', 'frozen', (h) => frozen(h, h.account)],
  ['into a frozen account', 'frozen', (h) => frozen(h, h.theirs)],
  [
    'more SOL than there is',
    'insufficient-sol',
    (h) => transferSol(h.client, h.signer, { to: newAddress(), lamports: '10' }),
  ],
  ['wrapping more SOL than there is', 'insufficient-sol', (h) => wrapSol(h.client, h.signer, { lamports: '10' })],
  [
    'closing an account with tokens in it',
    'not-empty',
    (h) => closeTokenAccount(h.client, h.signer, { account: h.account }),
  ],
  ["closing another's account", 'wrong-owner', (h) => closeTokenAccount(h.client, h.signer, { account: h.theirs })],
  ['closing what is not there', 'no-account', (h) => closeTokenAccount(h.client, h.signer, { account: newAddress() })],
]
const send = (here: Here, input: object) =>
  transferToken(here.client, here.signer, { mint: here.mint, to: here.to, amount: '1', ...input })
function frozen(here: Here, account: string) {
  patch(here, account, (data) => void data.set([2], 108))
  return send(here, {})
}

it.each(programs.flatMap((program) => refusals.map((row) => [program, ...row] as const)))(
  '%s: refuses %s before the wallet opens: %s',
  async (program, _, reason, act) => {
    const here = await withTokens(program)
    await expect(act(here)).rejects.toMatchObject({ code: 'action/refused', context: { reason } })
    expect(here.signer.asked).toBe(0)
  },
)

it.each([
  ['paused', 26, [...new Uint8Array(32).fill(7), 1]],
  ['non-transferable', 9, []],
] as const)('refuses what a mint says is %s', async (reason, type, body) => {
  const here = await withTokens('token-2022')
  patch(here, here.mint, (data) => extended(data, type, body))
  await expect(send(here, {})).rejects.toMatchObject({ code: 'action/refused', context: { reason } })
})

it('refuses to make an account that would be frozen from the start', async () => {
  const here = await withTokens('token-2022')
  patch(here, here.mint, (data) => extended(data, 6, [2]))
  const act = send(here, { to: newAddress(), createRecipientAccount: true })
  await expect(act).rejects.toMatchObject({ code: 'action/refused', context: { reason: 'frozen' } })
})

it.each([
  ['amount', { amount: '1.234' }],
  ['amount', { amount: '1,5.0x' }],
  ['amount', { amount: 0n }],
  ['amount', { amount: -5n }],
  ['amount', { amount: 2n ** 64n }],
  ['amount', { amount: 1.5 }],
] as const)('refuses an %s of %o by name', async (argument, input) => {
  const here = await withTokens('token')
  await expect(send(here, input)).rejects.toMatchObject({ code: 'input/invalid-value', context: { argument } })
  await expect(send(here, { to: 'nobody' })).rejects.toMatchObject({
    code: 'input/invalid-address',
    context: { argument: 'to' },
  })
})

it('has a program refuse before the wallet opens, in its own words', async () => {
  const here = await stage()
  const to = newAddress()
  // A new account must hold its rent: only the chain counts that.
  const error = await transferSol(here.client, here.signer, { to, lamports: 10n }).catch((e) => e)
  expect(error).toMatchObject({ code: 'action/failed', context: { reason: 'below-rent', signature: null } })
  expect(here.signer.asked).toBe(0)
})

const RECIPIENTS = [
  ['the System program', '11111111111111111111111111111111'],
  ['a token program', 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'],
  ['the mint of wrapped SOL', NATIVE_MINT],
  ['a program', 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'],
  ['a sysvar', 'SysvarC1ock11111111111111111111111111111111'],
  ['the stake program', 'Stake11111111111111111111111111111111111111'],
  ['a built-in address that this node has nothing at', 'KeccakSecp256k11111111111111111111111111111'],
  ['the address that burns', '1nc1nerator11111111111111111111111111111111'],
] as const
const STAKE = 'Stake11111111111111111111111111111111111111'
/** An account of a program at an address. */
function owned({ net }: Stage, program: string, address = newAddress()): string {
  net.ledger.setAccounts([
    [
      address as never,
      { lamports: 10n ** 9n, data: new Uint8Array(200), program: program as never, executable: false },
    ],
  ])
  return address
}
const solTo = (here: Stage, to: string, more: object = {}) =>
  transferSol(here.client, here.signer, { to, lamports: 10n ** 7n, ...more }, here.options)

it.each(RECIPIENTS)('refuses %s as a recipient of SOL and of tokens, whatever is allowed', async (_, to) => {
  const here = await withTokens('token')
  const expected = { code: 'action/refused', context: { reason: 'invalid-recipient' } }
  await expect(solTo(here, to, { allowProgramRecipient: true })).rejects.toMatchObject(expected)
  await expect(send(here, { to, allowProgramRecipient: true })).rejects.toMatchObject(expected)
  expect(here.signer.asked).toBe(0)
})

it('refuses a stake account, and the sender', async () => {
  const here = await withTokens('token')
  for (const to of [owned(here, STAKE), here.signer.address, here.account]) {
    const expected = { code: 'action/refused', context: { reason: 'invalid-recipient' } }
    await expect(solTo(here, to)).rejects.toMatchObject(expected)
    await expect(send(here, { to })).rejects.toMatchObject(expected)
    await expect(send(here, { to, allowTokenAccount: to === here.account })).rejects.toMatchObject(expected)
  }
  expect(here.signer.asked).toBe(0)
})

it('sends to an address that only a program acts for when that is meant, and warns of it', async () => {
  const here = await withTokens('token')
  const smart = owned(here, newAddress())
  for (const to of [off, smart]) {
    const expected = { code: 'action/refused', context: { reason: 'program-recipient' } }
    await expect(solTo(here, to)).rejects.toMatchObject(expected)
    await expect(send(here, { to, createRecipientAccount: true })).rejects.toMatchObject(expected)
  }
  expect(here.signer.asked).toBe(0)
  await solTo(here, off, { allowProgramRecipient: true })
  const quoted = () => [...here.seen].reverse().find((progress) => progress.phase === 'signing')
  expect(quoted()).toMatchObject({ quote: { warnings: ['unused', 'off-curve'] } })
  await solTo(here, smart, { allowProgramRecipient: true })
  await send(here, { to: smart, createRecipientAccount: true, allowProgramRecipient: true })
  // Now the System program owns something there: a vault, as multisigs have them.
  await solTo(here, off)
  expect(quoted()).toMatchObject({ quote: { warnings: ['off-curve'] } })
})

it('warns of an address that was never used', async () => {
  const here = await stage()
  await solTo(here, newAddress())
  expect(here.seen[1]).toMatchObject({ quote: { warnings: ['unused'] } })
  const used = newAddress()
  here.net.fund(used, 10n ** 9n)
  here.seen.length = 0
  await solTo(here, used)
  expect(here.seen[1]).toMatchObject({ quote: { warnings: [] } })
})

/** A mint whose multiplier of 1 becomes 10 in so many seconds: type 25, the authority, a factor, when, the next one. */
function schedule(here: Here, inSeconds: number) {
  const body = new DataView(new ArrayBuffer(56))
  body.setFloat64(32, 1, true)
  body.setBigInt64(40, BigInt(Math.floor(Date.now() / 1000) + inSeconds), true)
  body.setFloat64(48, 10, true)
  patch(here, here.mint, (data) => extended(data, 25, [...new Uint8Array(body.buffer)]))
}
const hoursAhead = { ...systemClock, wallMs: () => Date.now() + 7_200_000 }

it('reads a typed amount by the time of the chain, whatever date the device has', async () => {
  const here = await withTokens('token-2022', 10_000n)
  schedule(here, 3600)
  await transferToken(here.client, here.signer, { mint: here.mint, to: here.to, amount: '10' }, { clock: hoursAhead })
  await burnToken(here.client, here.signer, { mint: here.mint, amount: '10' }, { clock: hoursAhead })
  const left = await here.client.readAccount({ address: here.account as never, commitment: 'confirmed' })
  expect(left.token?.amount).toBe(8000n)
})

it('refuses a typed amount within a minute of another multiplier, and takes base units', async () => {
  const here = await withTokens('token-2022', 10_000n)
  schedule(here, 30)
  await expect(send(here, { amount: '10' })).rejects.toMatchObject({ code: 'input/invalid-value' })
  await send(here, { amount: 10n })
})

it('does not spend what is already leaving', async () => {
  const here = await withTokens('token')
  here.net.faults.add({
    on: 'http',
    method: 'sendTransaction',
    do: { raw: '{"jsonrpc":"2.0","result":"taken"}' },
  })
  const giveUp = new AbortController()
  const first = transferToken(
    here.client,
    here.signer,
    { mint: here.mint, to: here.to, amount: 900n },
    { ...here.options, signal: giveUp.signal },
  ).catch(() => 'given up')
  await expect.poll(() => here.net.faults.log).toHaveLength(1)
  await expect(send(here, { amount: 200n })).rejects.toMatchObject({ context: { reason: 'insufficient-funds' } })
  giveUp.abort()
  expect(await first).toBe('given up')
  here.net.faults.clear()
  await send(here, { amount: 200n })
})

it('needs a wallet that is connected', async () => {
  const here = await stage()
  const act = transferSol(here.client, { publicKey: null }, { to: newAddress(), lamports: 1n })
  await expect(act).rejects.toMatchObject({ code: 'wallet/unavailable' })
  const mute = transferSol(here.client, { publicKey: here.signer.publicKey }, { to: newAddress(), lamports: 10n ** 7n })
  await expect(mute).rejects.toMatchObject({ code: 'wallet/unavailable' })
})

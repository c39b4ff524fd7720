import { unpackAccount } from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import {
  burnToken,
  closeTokenAccount,
  createTokenAccount,
  transferSol,
  transferToken,
  unwrapSol,
  wrapSol,
} from 'lamplight/actions'
import { describe, expect, it, vi } from 'vitest'
import { NATIVE_MINT } from '../../src/base/address.js'
import { newAddress } from '../support/localnet.js'
import { type Stage, stage } from './stage.js'

// Two busy cores are slower than a waiting test thinks; what never comes still fails.
vi.setConfig({ testTimeout: 20_000 })

const WALK = ['building', 'signing', 'sending', 'confirming', 'confirmed']
const lamportsOf = ({ net }: Stage, address: string) => net.ledger.head(address as never)?.lamports ?? 0n

function tokensIn({ net }: Stage, account: string): bigint | null {
  const found = net.ledger.head(account as never)
  if (!found) return null
  const info = {
    ...found,
    lamports: Number(found.lamports),
    owner: new PublicKey(found.program),
    data: Buffer.from(found.data),
  }
  return unpackAccount(new PublicKey(account), info, info.owner).amount
}

it('sends SOL, phase by phase', async () => {
  const here = await stage()
  const to = newAddress()
  const { slot, signature } = await transferSol(here.client, here.signer, { to, lamports: '1.5' }, here.options)
  expect(lamportsOf(here, to)).toBe(1_500_000_000n)
  expect(lamportsOf(here, here.signer.address)).toBe(10_000_000_000n - 1_500_000_000n - 5000n)
  expect(here.phases()).toEqual(WALK)
  expect(here.seen.at(-1)).toEqual({ phase: 'confirmed', slot, signature })
  expect(here.seen[1]).toMatchObject({
    quote: { networkFee: 5000n, rent: 0n, received: 1_500_000_000n, warnings: ['unused'] },
  })
})

describe.each(['token', 'token-2022'] as const)('under the program %s', (program) => {
  async function withTokens(amount = 1000n) {
    const here = await stage()
    const mint = here.net.createMint({ decimals: 2, program })
    const account = here.net.setTokenBalance({ owner: here.signer.address, mint, amount })
    return { ...here, mint, account }
  }

  it('sends tokens, and makes the recipient an account where asked to', async () => {
    const here = await withTokens()
    const to = newAddress() as never
    const input = { mint: here.mint, to, amount: '2.5' }
    await expect(transferToken(here.client, here.signer, input)).rejects.toMatchObject({
      code: 'action/refused',
      context: { reason: 'no-account' },
    })
    await transferToken(here.client, here.signer, { ...input, createRecipientAccount: true }, here.options)
    const theirs = here.client.associatedAddress(to, here.mint, program)
    expect(tokensIn(here, theirs)).toBe(250n)
    expect(tokensIn(here, here.account)).toBe(750n)
    expect(here.seen[1]).toMatchObject({ quote: { rent: lamportsOf(here, theirs) } })
    await transferToken(here.client, here.signer, { mint: here.mint, to: theirs, amount: 50n, allowTokenAccount: true })
    expect(tokensIn(here, theirs)).toBe(300n)
  })

  it('burns with a memo', async () => {
    const here = await withTokens()
    const { signature } = await burnToken(here.client, here.signer, {
      mint: here.mint,
      amount: 400n,
      memo: 'vote: yes',
    })
    expect(tokensIn(here, here.account)).toBe(600n)
    expect(here.net.ledger.transactions.get(signature)?.execution.logs.join()).toContain('vote: yes')
  })

  it('creates an account, again without harm, and closes it for its rent', async () => {
    const here = await stage()
    const mint = here.net.createMint({ decimals: 2, program })
    const account = here.client.associatedAddress(here.signer.address, mint, program)
    await createTokenAccount(here.client, here.signer, { mint }, here.options)
    expect(tokensIn(here, account)).toBe(0n)
    const rent = lamportsOf(here, account)
    expect(here.seen[1]).toMatchObject({ quote: { rent } })
    await createTokenAccount(here.client, here.signer, { mint })
    const before = lamportsOf(here, here.signer.address)
    await closeTokenAccount(here.client, here.signer, { account })
    expect(tokensIn(here, account)).toBe(null)
    expect(lamportsOf(here, here.signer.address)).toBe(before + rent - 5000n)
  })
})

it('tells a transfer fee before signing, and pays it', async () => {
  const here = await stage()
  const mint = here.net.createMint({ decimals: 2, transferFee: { basisPoints: 250, maximum: 1000n } })
  const account = here.net.setTokenBalance({ owner: here.signer.address, mint, amount: 10_000n })
  const to = newAddress() as never
  const input = { mint, to, amount: 1001n, createRecipientAccount: true }
  await transferToken(here.client, here.signer, input, here.options)
  expect(here.seen[1]).toMatchObject({ quote: { transferFee: 26n, received: 975n } })
  expect(tokensIn(here, account)).toBe(8999n)
  expect(tokensIn(here, here.client.associatedAddress(to, mint, 'token-2022'))).toBe(975n)
})

it('wraps SOL and unwraps it', async () => {
  const here = await stage()
  const account = here.client.associatedAddress(here.signer.address, NATIVE_MINT, 'token')
  await wrapSol(here.client, here.signer, { lamports: '2' })
  expect(tokensIn(here, account)).toBe(2_000_000_000n)
  await wrapSol(here.client, here.signer, { lamports: 5n })
  expect(tokensIn(here, account)).toBe(2_000_000_005n)
  await unwrapSol(here.client, here.signer)
  expect(tokensIn(here, account)).toBe(null)
  expect(lamportsOf(here, here.signer.address)).toBe(10_000_000_000n - 15_000n)
})

it('pays for priority what it was told to', async () => {
  const here = await stage()
  const to = newAddress()
  const price = { computeUnitLimit: 10_000, computeUnitPrice: 500_000n }
  await transferSol(here.client, here.signer, { to, lamports: 1_000_000n }, { ...here.options, ...price })
  expect(here.seen[1]).toMatchObject({ quote: { networkFee: 10_000n } })
  expect(lamportsOf(here, here.signer.address)).toBe(10_000_000_000n - 1_000_000n - 10_000n)
})

it('makes one transfer of the same call made twice at once, and two of one made again', async () => {
  const here = await stage()
  const to = newAddress()
  const input = { to, lamports: 1_000_000n }
  const both = await Promise.all([1, 2].map(() => transferSol(here.client, here.signer, input)))
  expect(both[0]).toEqual(both[1])
  expect(here.signer.asked).toBe(1)
  expect(lamportsOf(here, to)).toBe(1_000_000n)
  const again = await transferSol(here.client, here.signer, input)
  expect(again.signature).not.toBe(both[0]?.signature)
  expect(lamportsOf(here, to)).toBe(2_000_000n)
})

import { Keypair } from '@solana/web3.js'
import { transferSol, transferToken } from 'lamplight/actions'
import { type Address, mintOf, mintOptions } from 'lamplight/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { eventually, shownOf, stage } from './stage.js'

// Slots pass in real time, and a busy machine is slower than they are.
vi.setConfig({ testTimeout: 60_000 })

/** Chains that differ in what nothing of the kit may count on: how long a slot lasts, and whether confirmed is final. */
const CHAINS = [
  { consensus: 'tower-bft', slotMs: 400 },
  { consensus: 'alpenglow', slotMs: 200 },
  { consensus: 'alpenglow', slotMs: 50 },
] as const

describe.each(CHAINS)('on a chain of $consensus with slots of $slotMs ms', (chain) => {
  const options = { ...chain, automine: false }

  it('a balance is live, at each commitment, and follows what changes', async () => {
    const { net, client } = await stage(options)
    const owner = Keypair.generate().publicKey.toBase58() as Address
    net.fund(owner, 1_000_000_000n)
    const commitments =
      chain.consensus === 'alpenglow' ? (['confirmed', 'finalized'] as const) : (['confirmed'] as const)
    for (const commitment of commitments) onTestFinished(client.followAccount({ address: owner, commitment }))
    const shown = (commitment: string) =>
      client.queryClient.getQueryData<{ lamports: bigint; slot: number }>([
        'lamplight',
        client.cluster,
        commitment,
        'account',
        owner,
      ])
    const shows = (lamports: bigint) =>
      eventually(() => {
        for (const commitment of commitments) {
          expect(shown(commitment)?.lamports).toBe(lamports)
          expect(client.isLive({ address: owner, commitment })).toBe(true)
        }
      })
    await shows(1_000_000_000n)
    for (let i = 2n; i <= 6n; i++) {
      net.fund(owner, 1_000_000_000n)
      await shows(i * 1_000_000_000n)
    }
    const slots = commitments.map((commitment) => shown(commitment)?.slot)
    expect(new Set(slots).size).toBe(1)
  })

  it('transfers are confirmed, shown as pending until then, and nothing of them is left', async () => {
    const { net, client, signer, phases, options: progress } = await stage(options)
    const to = Keypair.generate().publicKey.toBase58() as Address
    const mint = net.createMint({ decimals: 2 })
    net.setTokenBalance({ owner: signer.address, mint, amount: 1_000n })
    await eventually(() => expect(net.ledger.slots.frozen - net.ledger.slots.first).toBeGreaterThan(2))
    for (const address of [signer.address, to])
      onTestFinished(client.followAccount({ address, commitment: 'confirmed' }))
    const sol = await transferSol(client, signer, { to, lamports: 2_000_000_000n }, progress)
    expect(phases()).toContain('confirmed')
    await eventually(() => {
      expect(shownOf(client, to)).toMatchObject({ amount: 2_000_000_000n, pending: 0n })
      expect(shownOf(client, signer.address)).toMatchObject({ pending: 0n, amount: 7_999_995_000n })
    })
    const sent = await transferToken(
      client,
      signer,
      { to, mint, amount: '2.5', createRecipientAccount: true },
      progress,
    )
    expect(sent.slot).toBeGreaterThan(sol.slot)
    const known = mintOf(await client.queryClient.fetchQuery(mintOptions(client, mint, 'confirmed') as never))
    await eventually(() => {
      const account = client.associatedAddress(signer.address, mint, 'token')
      expect(shownOf(client, account, known)).toMatchObject({ amount: 750n, pending: 0n })
    })
  })

  it('what it did is listed by slot and place', async () => {
    const { net, client, signer, options: progress } = await stage(options)
    const to = Keypair.generate().publicKey.toBase58() as Address
    await eventually(() => expect(net.ledger.slots.frozen - net.ledger.slots.first).toBeGreaterThan(2))
    const slots: number[] = []
    for (const lamports of [3_000_000n, 2_000_000n, 1_000_000n])
      slots.push((await transferSol(client, signer, { to, lamports }, progress)).slot)
    const rows = (await client.request('getSignaturesForAddress', [to, { commitment: 'confirmed' }], {
      over: 'http',
    })) as {
      slot: number
      transactionIndex: number
    }[]
    expect(rows.map(({ slot }) => slot)).toEqual(slots.reverse())
    expect(rows.every(({ transactionIndex }) => transactionIndex >= 0)).toBe(true)
    expect(net.ledger.slots.frozen).toBeGreaterThan(slots[0] as number)
  })
})

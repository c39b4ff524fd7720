import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Address,
  addressOfBytes,
  bytesOfAddress,
  CLOCK,
  SYSTEM_PROGRAM,
  TOKEN_PROGRAM,
} from '../../src/base/address.js'
import type { AccountAt } from '../../src/token/account.js'
import { type AccountRecord, mintOf, newest, solBalanceOf, tokenBalanceOf } from '../../src/token/balance.js'
import type { Mint } from '../../src/token/mint.js'
import { recordOf, type UpdateSource } from '../../src/token/record.js'

const [account, owner, mint, thief] = [1, 2, 3, 4].map((n) => addressOfBytes(new Uint8Array(32).fill(n))) as [
  Address,
  Address,
  Address,
  Address,
]
const origin = (more: Partial<UpdateSource> = {}): UpdateSource => ({
  commitment: 'confirmed',
  source: 'fetch',
  reason: 'poll',
  at: { ms: 1, wallMs: 1 },
  ...more,
})
const sol = (slot: number, lamports: bigint, more: Partial<UpdateSource> = {}): AccountRecord =>
  recordOf({ address: account, slot, lamports, program: SYSTEM_PROGRAM, data: new Uint8Array() }, origin(more))

/** Token account bytes: mint, owner, amount, state. */
function tokenBytes(holder: Address, amount: bigint, state = 1): AccountAt {
  const data = new Uint8Array(165).fill(3, 0, 32).fill(holder === owner ? 2 : 4, 32, 64)
  new DataView(data.buffer).setBigUint64(64, amount, true)
  data[108] = state
  return { address: account, slot: 5, lamports: 2_039_280n, program: TOKEN_PROGRAM, data }
}
const token = (at: AccountAt) => recordOf(at, origin())
const info: Mint = {
  address: mint,
  program: 'token',
  decimals: 2,
  supply: 0n,
  mintAuthority: null,
  freezeAuthority: null,
  extensions: [],
  display: null,
  transferFee: null,
  paused: false,
  defaultFrozen: false,
  nonTransferable: false,
  permanentDelegate: null,
  closeAuthority: null,
  changeable: false,
  confidential: false,
  transferHook: null,
  metadata: null,
}

describe('the ordering rule', () => {
  it('takes a newer slot whatever brings it, and refuses an older one whatever brings it', () => {
    for (const source of ['stream', 'fetch', 'tab'] as const) {
      expect(newest(sol(50, 1n), sol(51, 2n, { source })).lamports).toBe(2n)
      expect(newest(sol(50, 1n), sol(40, 2n, { source })).lamports).toBe(1n)
    }
  })

  it('lets the stream win a tie', () => {
    expect(newest(sol(50, 1n), sol(50, 2n)).lamports).toBe(1n)
    expect(newest(sol(50, 1n), sol(50, 2n, { source: 'stream' })).lamports).toBe(2n)
  })

  it('learns of a tie that it lags, and forgets it for nothing but something newer', () => {
    const lags = newest(sol(50, 1n), sol(50, 1n, { lagging: true }))
    expect(lags.lagging).toBe(true)
    expect(newest(lags, sol(50, 1n)).lagging).toBe(true)
    expect(newest(lags, sol(51, 1n)).lagging).toBe(false)
    expect(newest(sol(51, 1n), sol(50, 2n, { lagging: true })).lamports).toBe(1n)
  })

  it('keeps the held object when it is told the same again, and moves its slot so that nothing between comes in', () => {
    const held = sol(50, 1n, { at: { ms: 10, wallMs: 110 } })
    const balance = solBalanceOf(held)
    expect(newest(held, sol(60, 1n, { at: { ms: 20, wallMs: 120 } }))).toBe(held)
    expect(balance).toMatchObject({ slot: 60, verifiedAt: 120, verifiedMs: 20, observedAt: 110 })
    expect(newest(held, sol(55, 7n, { source: 'stream' }))).toBe(held)
  })

  it('never goes back, in any order of arrival, and ends where the newest slot says', () => {
    const write = fc.record({
      slot: fc.integer({ min: 1, max: 20 }),
      fromStream: fc.boolean(),
    })
    // One chain: what an account held at a slot is one value, whoever tells it.
    const valueAt = (slot: number) => BigInt((slot * 7919) % 5)
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 60 }), (writes) => {
        let held: AccountRecord | undefined
        let watermark = 0
        for (const { slot, fromStream } of writes) {
          held = newest(held, sol(slot, valueAt(slot), { source: fromStream ? 'stream' : 'fetch' }))
          expect(held.slot).toBeGreaterThanOrEqual(watermark)
          watermark = held.slot
          expect(held.lamports).toBe(valueAt(held.slot))
        }
        expect(watermark).toBe(Math.max(...writes.map(({ slot }) => slot)))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a balance', () => {
  it('tells amount, text and state of the token account', () => {
    expect(tokenBalanceOf(owner, info, token(tokenBytes(owner, 150n)), 0)).toMatchObject({
      amount: 150n,
      text: '1.5',
      exists: true,
      spendable: 150n,
      accounts: [{ address: account, amount: 150n, frozen: false }],
    })
  })

  it('counts a frozen amount as there and not as spendable', () => {
    expect(tokenBalanceOf(owner, info, token(tokenBytes(owner, 150n, 2)), 0)).toMatchObject({
      amount: 150n,
      spendable: 0n,
      frozen: 150n,
    })
  })

  it('tells apart what delegates may move, never more than there is, and who may close the account', () => {
    const delegated = (limit: bigint) => {
      const at = tokenBytes(owner, 150n)
      const [data, view] = [at.data as Uint8Array, new DataView((at.data as Uint8Array).buffer)]
      data.set([1, 0, 0, 0, ...bytesOfAddress(thief)], 72)
      view.setBigUint64(121, limit, true)
      data.set([1, 0, 0, 0, ...bytesOfAddress(mint)], 129)
      return tokenBalanceOf(owner, info, token(at), 0)
    }
    expect(delegated(40n)).toMatchObject({ amount: 150n, delegated: 40n, spendable: 150n, frozen: 0n })
    expect(delegated(40n).accounts).toMatchObject([{ delegate: thief, delegatedAmount: 40n, closeAuthority: mint }])
    expect(delegated(2n ** 64n - 1n).delegated).toBe(150n)
    expect(tokenBalanceOf(owner, info, token(tokenBytes(owner, 150n)), 0)).toMatchObject({
      delegated: 0n,
      withheld: 0n,
    })
  })

  it('says that it is wrapped SOL', () => {
    const at = tokenBytes(owner, 150n)
    ;(at.data as Uint8Array).set([1], 109)
    expect(tokenBalanceOf(owner, info, token(at), 0).accounts).toMatchObject([{ native: true, amount: 150n }])
    expect(tokenBalanceOf(owner, info, token(tokenBytes(owner, 1n)), 0).accounts).toMatchObject([{ native: false }])
  })

  it('is shown as its mint wants it at the time, and counted as it is', () => {
    const display = { kind: 'scaled', multiplier: 3, nextMultiplier: 5, nextAt: 100 } as const
    const shown = (at: number) => tokenBalanceOf(owner, { ...info, display }, token(tokenBytes(owner, 150n)), at)
    expect(shown(99)).toMatchObject({ amount: 150n, spendable: 150n, uiAmount: 450n, text: '4.5' })
    expect(shown(100)).toMatchObject({ amount: 150n, spendable: 150n, uiAmount: 750n, text: '7.5' })
    expect(tokenBalanceOf(owner, info, token(tokenBytes(owner, 150n)), 0)).toMatchObject({
      uiAmount: 150n,
      text: '1.5',
    })
  })

  it('cannot be spent while its mint is paused, or ever if the mint is not transferable', () => {
    const of = (more: Partial<Mint>) => tokenBalanceOf(owner, { ...info, ...more }, token(tokenBytes(owner, 150n)), 0)
    expect(of({ paused: true })).toMatchObject({ amount: 150n, spendable: 0n, paused: true })
    expect(of({ nonTransferable: true })).toMatchObject({ amount: 150n, spendable: 0n, nonTransferable: true })
  })

  it("does not count an account whose ownership was given away as the owner's", () => {
    expect(tokenBalanceOf(owner, info, token(tokenBytes(thief, 150n)), 0)).toMatchObject({ amount: 0n, exists: false })
  })

  it('is missing, not broken, for an account that was closed', () => {
    const closed = recordOf({ address: account, slot: 9, lamports: 0n, program: SYSTEM_PROGRAM, data: null }, origin())
    expect(tokenBalanceOf(owner, info, closed, 0)).toMatchObject({ amount: 0n, exists: false, text: '0' })
    expect(solBalanceOf(closed)).toMatchObject({ lamports: 0n, exists: false })
  })

  it('is missing where somebody only sent lamports to the address', () => {
    expect(tokenBalanceOf(owner, info, sol(3, 890_880n), 0)).toMatchObject({ amount: 0n, exists: false })
  })

  it('is an error where the account is something else', () => {
    const other = recordOf(
      { address: account, slot: 1, lamports: 1n, program: thief, data: new Uint8Array(165) },
      origin(),
    )
    expect(() => tokenBalanceOf(owner, info, other, 0)).toThrow(`${account} is not a token account`)
    const short = token({ ...tokenBytes(owner, 1n), data: new Uint8Array(164) })
    expect(() => tokenBalanceOf(owner, info, short, 0)).toThrow(`${account} is not a token account`)
  })

  it('is the same object for as long as nothing but its confirmation changes', () => {
    const held = token(tokenBytes(owner, 1n))
    expect(newest(held, token({ ...tokenBytes(owner, 1n), slot: 6 }))).toBe(held)
    expect(newest(held, token({ ...tokenBytes(owner, 1n, 2), slot: 7 }))).not.toBe(held)
  })
})

describe('a mint among the accounts', () => {
  const bytes = (supply: bigint, decimals = 6) => {
    const data = new Uint8Array(82)
    new DataView(data.buffer).setBigUint64(36, supply, true)
    data.set([decimals, 1], 44)
    return data
  }
  const record = (slot: number, supply: bigint, decimals?: number) =>
    recordOf({ address: mint, slot, lamports: 1n, program: TOKEN_PROGRAM, data: bytes(supply, decimals) }, origin())

  it('is read from its record, which is no token account', () => {
    expect(mintOf(record(1, 5n))).toMatchObject({ address: mint, decimals: 6, supply: 5n, changeable: false })
    expect(() => tokenBalanceOf(owner, info, record(1, 5n), 0)).toThrow(/is not a token account: it is a mint/)
  })

  it('is the same object until something about it changes', () => {
    const held = record(1, 5n)
    expect(newest(held, record(2, 5n))).toBe(held)
    expect(newest(held, record(3, 6n)).mint?.supply).toBe(6n)
    expect(newest(held, record(3, 5n, 7)).mint?.decimals).toBe(7)
  })

  it('is an error that says what the account is instead', () => {
    const other = (program: Address, data: Uint8Array | null) =>
      mintOf(recordOf({ address: mint, slot: 1, lamports: 1n, program, data }, origin()))
    expect(() => other(SYSTEM_PROGRAM, null)).toThrow(`mint: ${mint} does not exist.`)
    expect(() => mintOf(token(tokenBytes(owner, 1n)))).toThrow(/is not a token mint: it is a token account/)
    expect(() => other(thief, new Uint8Array(82))).toThrow(`it belongs to ${thief}`)
    expect(() => other(TOKEN_PROGRAM, new Uint8Array(82))).toThrow('it is not initialised')
    expect(() => other(TOKEN_PROGRAM, new Uint8Array(81))).toThrow('it has 81 bytes')
  })
})

describe("the chain's clock among the accounts", () => {
  const record = (slot: number, seconds: bigint) => {
    const data = new Uint8Array(40)
    new DataView(data.buffer).setBigInt64(32, seconds, true)
    return recordOf({ address: CLOCK, slot, lamports: 1_169_280n, program: thief, data }, origin())
  }

  it('is told by its address, and another object whenever it has moved on', () => {
    expect(record(1, 1_700_000_000n)).toMatchObject({ chainSeconds: 1_700_000_000, token: null, decodeError: null })
    expect(newest(record(1, 5n), record(2, 6n)).chainSeconds).toBe(6)
    expect(sol(1, 1n).chainSeconds).toBeNull()
  })
})

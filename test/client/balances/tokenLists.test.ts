import { describe, expect, it } from 'vitest'
import { type Address, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../src/base/address.js'
import { createAccountReader } from '../../../src/rpc/accountReader.js'
import { accountIn, refusalKindOf, subscriptionOf } from '../../../src/socket/wire.js'
import { nodeAt } from '../../rpc/pools.js'
import { localnet, newAddress } from '../../support/localnet.js'

const owner = newAddress() as Address
const now = { commitment: 'confirmed', known: [] } as const

async function setUp() {
  const net = await localnet()
  const mints = [net.createMint(), net.createMint(), net.createMint({ program: 'token-2022' })] as const
  const accounts = mints.map((mint) => net.setTokenBalance({ owner, mint, amount: 5n }))
  net.resetStats()
  return { net, accounts, reader: createAccountReader({ rpc: nodeAt(net.rpcUrl, {}) }) }
}

describe('a list of token accounts', () => {
  it('has those of one program, with the slot it is of, for all who ask at the same time', async () => {
    const { net, accounts, reader } = await setUp()
    const [classic, again, extended] = await Promise.all([
      reader.list(owner, 'token', now),
      reader.list(owner, 'token', { ...now, minSlot: 0 }),
      reader.list(owner, 'token-2022', now),
    ])
    expect(classic.accounts.map(({ address }) => address).sort()).toEqual(accounts.slice(0, 2).sort())
    expect(again.accounts).toEqual(classic.accounts)
    expect(extended.accounts).toMatchObject([
      { address: accounts[2], program: TOKEN_2022_PROGRAM, slot: extended.slot },
    ])
    expect(net.stats().requests).toEqual({ getTokenAccountsByOwner: 2 })
  })

  it('does not share a request that left before a read that must be younger', async () => {
    const { net, reader } = await setUp()
    net.faults.add({ on: 'http', do: { delayMs: 100 } })
    const first = reader.list(owner, 'token', now)
    await expect.poll(() => net.stats().httpRequests).toBe(1)
    await Promise.all([first, reader.list(owner, 'token', now), reader.list(owner, 'token', { ...now, minSlot: 0 })])
    expect(net.stats().requests).toEqual({ getTokenAccountsByOwner: 2 })
  })

  it('reads by itself what was known and is not listed', async () => {
    const { net, accounts, reader } = await setUp()
    const gone = newAddress() as Address
    const { accounts: read } = await reader.list(owner, 'token', { ...now, known: [accounts[0] as Address, gone] })
    expect(read.at(-1)).toMatchObject({ address: gone, data: null })
    expect(read).toHaveLength(3)
    expect(net.stats()).toMatchObject({ requests: { getMultipleAccounts: 1 }, accountsRead: 1 })
  })

  it('is refused as a whole when a row is no account', async () => {
    const { net, reader } = await setUp()
    const value = [{ pubkey: 1, account: null }]
    const raw = JSON.stringify({ jsonrpc: '2.0', result: { context: { slot: 1 }, value } })
    net.faults.add({ on: 'http', do: { raw } })
    await expect(reader.list(owner, 'token', now)).rejects.toMatchObject({
      code: 'rpc/malformed',
      context: { method: 'getTokenAccountsByOwner' },
    })
  })
})

describe('a wish for the token accounts of an owner', () => {
  const request = { address: owner, commitment: 'confirmed', tokens: 'token' } as const
  const plain = { address: owner, commitment: 'confirmed' } as const

  it('is a subscription to the program, of the accounts that name the owner where a token account does', () => {
    expect(subscriptionOf(request)).toEqual([
      'program',
      [
        TOKEN_PROGRAM,
        { encoding: 'base64', commitment: 'confirmed', filters: [{ memcmp: { offset: 32, bytes: owner } }] },
      ],
    ])
    expect(subscriptionOf(plain)).toEqual(['account', [owner, { encoding: 'base64', commitment: 'confirmed' }]])
  })

  it('takes the account that a notification names', () => {
    const account = { lamports: 1, owner: TOKEN_PROGRAM, data: ['', 'base64'] }
    const pubkey = newAddress()
    expect(accountIn(request, { slot: 7, value: { pubkey, account } })).toMatchObject({
      address: pubkey,
      slot: 7,
      lamports: 1n,
    })
    expect(accountIn(request, { slot: 7, value: account })).toBeUndefined()
    expect(accountIn(request, { slot: 7, value: null })).toBeUndefined()
    expect(accountIn(plain, { slot: 7, value: account })).toMatchObject({ address: owner })
  })

  it('costs nobody the socket when the node does not know it', () => {
    expect(refusalKindOf(plain, -32601, '')).toBe('unsupported')
    expect(refusalKindOf(request, -32601, '')).toBe('permanent')
    expect(refusalKindOf(request, -32603, '')).toBe('temporary')
  })
})

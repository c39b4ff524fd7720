import { PublicKey } from '@solana/web3.js'
import { transferToken } from 'lamplight/actions'
import type { LedgerAccount } from 'lamplight-localnet'
import { expect, it } from 'vitest'
import { newAddress } from '../support/localnet.js'
import { programOf, succeedsWithAccounts } from '../support/sbfProgram.js'
import { type Stage, stage } from './stage.js'

const LOADER = 'BPFLoader2111111111111111111111111111111111'

/** A Token-2022 mint with a hook, tokens of it for the signer, and an account of it for somebody else. */
async function withHook(accounts: number, extra: readonly string[] | null) {
  const here = await stage()
  const { net, signer } = here
  const hook = newAddress()
  const executable = {
    lamports: 10n ** 9n,
    data: programOf(succeedsWithAccounts(accounts)),
    program: LOADER,
    executable: true,
  }
  net.ledger.setAccounts([[hook as never, executable as never]])
  const mint = net.createMint({ decimals: 2, program: 'token-2022' })
  const to = newAddress()
  const source = net.setTokenBalance({ owner: signer.address, mint, amount: 1000n })
  const target = net.setTokenBalance({ owner: to, mint, amount: 0n })
  extend(here, mint, 1, 14, [...new Uint8Array(32), ...new PublicKey(hook).toBytes()])
  for (const account of [source, target]) extend(here, account, 2, 15, [0])
  const seeds = [Buffer.from('extra-account-metas'), new PublicKey(mint).toBuffer()]
  const list = PublicKey.findProgramAddressSync(seeds, new PublicKey(hook))[0].toBase58()
  if (extra) {
    const data = listOf(extra)
    net.ledger.setAccounts([[list as never, { lamports: 10n ** 9n, data, program: hook as never, executable: false }]])
  }
  return { ...here, mint, to, target, list }
}
type Here = Awaited<ReturnType<typeof withHook>>

/** Puts an extension behind an account, as the program does when it makes one. */
function extend({ net }: Stage, address: string, kind: number, type: number, body: readonly number[]) {
  const account = net.ledger.head(address as never) as LedgerAccount
  const data = new Uint8Array(166 + 4 + body.length)
  data.set(account.data.slice(0, 165))
  data[165] = kind
  data.set([type, 0, body.length, 0, ...body], 166)
  net.ledger.setAccounts([[address as never, { ...account, data }]])
}

/** The list of accounts that a hook asks for: each by its address, not signing. */
function listOf(addresses: readonly string[]): Uint8Array {
  const rows = addresses.flatMap((address) => [0, ...new PublicKey(address).toBytes(), 0, 0])
  const size = new Uint8Array(new Uint32Array([4 + rows.length]).buffer)
  const count = new Uint8Array(new Uint32Array([addresses.length]).buffer)
  return Uint8Array.from([105, 37, 101, 197, 75, 251, 102, 26, ...size, ...count, ...rows])
}

const send = ({ client, signer, mint, to }: Here) => transferToken(client, signer, { mint, to, amount: '1.5' })
const arrived = ({ net, target }: Here) =>
  new DataView((net.ledger.head(target as never) as LedgerAccount).data.slice().buffer).getBigUint64(64, true)

it('hands a hook the accounts that it asks for', async () => {
  // Source, mint, target, owner, the list itself, and the two of the list.
  const here = await withHook(7, [newAddress(), newAddress()])
  await send(here)
  expect(arrived(here)).toBe(150n)
})

it('runs a hook that asks for no accounts', async () => {
  const here = await withHook(4, null)
  await send(here)
  expect(arrived(here)).toBe(150n)
})

it('asks for no signature where the hook refuses the transfer', async () => {
  const here = await withHook(9, [newAddress()])
  await expect(send(here)).rejects.toMatchObject({ code: 'action/failed', context: { signature: null } })
  expect(here.signer.asked).toBe(0)
  expect(arrived(here)).toBe(0n)
})

it('refuses a transfer by name where the list of the hook cannot be read', async () => {
  const here = await withHook(7, [newAddress()])
  const { net, list } = here
  const account = net.ledger.head(list as never) as LedgerAccount
  const data = account.data.slice()
  // An address of seeds, of a kind that there is not.
  data.set([1, 99], 16)
  net.ledger.setAccounts([[list as never, { ...account, data }]])
  await expect(send(here)).rejects.toMatchObject({ code: 'action/refused', context: { reason: 'transfer-hook' } })
  expect(here.signer.asked).toBe(0)
})

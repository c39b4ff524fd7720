import type { Transaction } from '@solana/web3.js'
import { burnToken } from 'lamplight/actions'
import { expect, it } from 'vitest'
import { answer, refusal, type UnrulyStage, unrulyStage } from './unruly.js'

const V3 = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'
const V4 = 'Memo4c2pN8afCj432Lb7RMVKi9PbQnnW7ewFFaV3oAH'

interface Accounts {
  readonly context: object
  readonly value: readonly ({ readonly executable: boolean } | null)[]
}

/** Burns with a memo on a chain whose node gives `told` for the two memo programs; gives the program that wrote it. */
async function memoProgram(here: UnrulyStage, told: (genuine: Accounts) => Response) {
  const mint = here.net.createMint({ decimals: 0 })
  here.net.setTokenBalance({ owner: here.signer.address, mint, amount: 5n })
  let asked = 0
  here.unruly = (method, genuine) => {
    const isPrograms = method === 'getMultipleAccounts' && (genuine as Accounts).value.every((each) => each?.executable)
    if (!isPrograms) return undefined
    asked++
    return told(genuine as Accounts)
  }
  let program: string | undefined
  here.signer.answer = ({ instructions }: Transaction) => {
    program = instructions.map(({ programId }) => programId.toBase58()).find((id) => id.startsWith('Memo'))
    throw Object.assign(new Error('seen enough'), { code: 4001 })
  }
  const run = burnToken(here.client, here.signer, { mint, amount: 1n, memo: 'for the lamp' }, here.options)
  await expect(run).rejects.toMatchObject({ code: 'wallet/rejected' })
  expect(asked).toBe(1)
  return program
}

const only = (isThere: readonly boolean[]) => (genuine: Accounts) =>
  answer({ ...genuine, value: genuine.value.map((each, i) => (isThere[i] ? each : null)) })

it.each([
  ['has both', only([true, true]), V3],
  ['has version 3 alone', only([true, false]), V3],
  ['has version 4 alone', only([false, true]), V4],
  ['has neither', only([false, false]), V3],
  ['gives one account for two', (genuine: Accounts) => answer({ ...genuine, value: [null] }), V3],
  ['gives nothing', () => answer(null), V3],
  ['refuses to say', () => refusal(-32601), V3],
])('on a cluster that %s a memo is written by the memo program that is there', async (_, told, program) => {
  expect(await memoProgram(await unrulyStage(), told)).toBe(program)
})

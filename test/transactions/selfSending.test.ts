import { WalletNotConnectedError, WalletSendTransactionError } from '@solana/wallet-adapter-base'
import { type Signer, transferSol } from 'lamplight/actions'
import { expect, it } from 'vitest'
import { optimisticUpdatesOf } from '../../src/client/pending/optimisticUpdates.js'
import { newAddress } from '../support/localnet.js'
import { eventually } from './stage.js'
import { type UnrulyStage, unrulyStage } from './unruly.js'

/** A wallet that sends by itself, as it is told to here. */
const selfSending = ({ signer }: UnrulyStage, sendTransaction: () => unknown): Signer =>
  ({ publicKey: signer.publicKey, connection: {}, sendTransaction }) as never

const sent = (here: UnrulyStage, signer: Signer, more: object = {}) =>
  transferSol(here.client, signer, { to: newAddress(), lamports: 5_000_000n }, { ...here.options, ...more }).catch(
    (error) => error,
  )

const refused = Object.assign(new Error('User rejected the request.'), { code: 4001 })
const lost = new WalletSendTransactionError('fetch failed', new TypeError('fetch failed'))

it.each([
  ['an error of sending', () => Promise.reject(lost), 'action/unconfirmed'],
  ['a text', () => Promise.reject('timed out'), 'action/unconfirmed'],
  ['nothing', () => Promise.reject(undefined), 'action/unconfirmed'],
  ['an error, not as a promise', () => raise(lost), 'action/unconfirmed'],
  ['a refusal', () => Promise.reject(refused), 'wallet/rejected'],
  ['that it is not connected', () => Promise.reject(new WalletNotConnectedError()), 'wallet/failed'],
])('of a wallet that sends by itself and throws %s, it says whether it may have been sent', async (_, send, code) => {
  const here = await unrulyStage()
  const error = await sent(here, selfSending(here, send))
  expect(error).toMatchObject({ code })
  const end = { 'action/unconfirmed': 'unconfirmed', 'wallet/rejected': 'rejected', 'wallet/failed': 'failed' }[code]
  expect(here.phases()).toEqual(['building', 'signing', end])
  if (code === 'action/unconfirmed') {
    expect(error).toMatchObject({ retryable: false, context: { signature: null } })
    expect(error.message).toContain('may have gone through: the wallet was asked to send it, and failed')
  }
  expect([...optimisticUpdatesOf(here.client).own.keys()]).toEqual([])
})

it.each([
  ['an error of sending', 'unconfirmed', lost],
  ['a refusal', 'cancelled', refused],
])('after it was given up, %s of such a wallet makes it %s', async (_, phase, thrown) => {
  const here = await unrulyStage()
  let fail = (_: unknown) => {}
  const giveUp = new AbortController()
  const signer = selfSending(
    here,
    () =>
      new Promise((_, reject) => {
        fail = reject
      }),
  )
  const run = sent(here, signer, { signal: giveUp.signal })
  await eventually(() => expect(here.phases().at(-1)).toBe('signing'))
  giveUp.abort()
  expect(await run).toMatchObject({ code: 'action/unconfirmed' })
  const before = here.seen.length
  fail(thrown)
  await eventually(() => expect(here.seen).toHaveLength(before + 1))
  expect(here.phases().at(-1)).toBe(phase)
})

function raise(error: unknown): never {
  throw error
}

import { expect, it } from 'vitest'
import { SYSTEM_PROGRAM } from '../../src/base/address.js'
import { parseServerMessage } from '../../src/socket/wire.js'
import { accountOf } from '../../src/token/account.js'
import { createFrameQueue } from '../../src/worker/frameQueue.js'

const account = (lamports: number | string, data = 'AQI=') => ({
  lamports,
  owner: SYSTEM_PROGRAM,
  data: [data, 'base64'],
  rentEpoch: 0,
})
const news = (subscription: number, slot: number, value: unknown, method = 'accountNotification') =>
  JSON.stringify({ jsonrpc: '2.0', method, params: { subscription, result: { context: { slot }, value } } })
const answer = (id: number) => JSON.stringify({ jsonrpc: '2.0', id, result: true })

/** What a page would make of the frames. */
const seen = (frames: readonly { readonly id: number; readonly data: unknown }[]) =>
  frames.map(({ id, data }) => {
    const message = parseServerMessage(data)
    if (message.type !== 'notification') return [id, message.type]
    const { lamports, data: bytes } = accountOf(SYSTEM_PROGRAM, message.slot, message.value) ?? {}
    return [id, message.subscription, message.slot, lamports, bytes && [...bytes]]
  })

it('keeps the newest of each account, after what came before it, and everything else', () => {
  const queue = createFrameQueue()
  queue.push(1, answer(1))
  queue.push(1, news(7, 10, account(1)))
  queue.push(1, news(8, 10, account(2)))
  queue.push(2, news(7, 10, account(3)))
  queue.push(1, answer(2))
  queue.push(1, news(7, 11, account(4)))
  expect([queue.size, queue.isUrgent]).toEqual([5, true])
  expect(seen(queue.take())).toEqual([
    [1, 'result'],
    [1, '8', 10, 2n, [1, 2]],
    [2, '7', 10, 3n, [1, 2]],
    [1, 'result'],
    [1, '7', 11, 4n, [1, 2]],
  ])
  expect([queue.size, queue.isUrgent, queue.take()]).toEqual([0, false, []])
})

it('leaves an older slot that comes late to the page, and takes the later word of the same one', () => {
  const queue = createFrameQueue()
  queue.push(1, news(7, 10, account(1)))
  queue.push(1, news(7, 10, account(2)))
  queue.push(1, news(7, 4, account(3)))
  expect(seen(queue.take())).toEqual([
    [1, '7', 10, 2n, [1, 2]],
    [1, '7', 4, 3n, [1, 2]],
  ])
})

it('tells the accounts of one subscription apart', () => {
  const queue = createFrameQueue()
  const of = (pubkey: string, slot: number) =>
    queue.push(1, news(7, slot, { pubkey, account: account(slot) }, 'programNotification'))
  of('a', 1)
  of('b', 2)
  of('a', 3)
  expect(queue.take().map(({ data }) => (data as { value: { pubkey: string } }).value.pubkey)).toEqual(['b', 'a'])
})

it('passes on as it is what it cannot read, and what is nobody’s account', () => {
  const queue = createFrameQueue()
  const strange = ['no JSON', news(7, 1, null, 'signatureNotification'), new Uint8Array(2)]
  for (const each of strange) queue.push(1, each)
  expect(queue.take().map(({ data }) => data)).toEqual(strange)
  for (const value of [null, account(5, '***'), { lamports: 1 }, 3]) {
    queue.push(1, news(7, 1, value))
    const [frame] = queue.take()
    const [message, own] = [parseServerMessage(frame?.data), parseServerMessage(news(7, 1, value))]
    if (message.type !== 'notification' || own.type !== 'notification') throw new Error('no notification')
    expect(accountOf(SYSTEM_PROGRAM, 1, message.value)).toEqual(accountOf(SYSTEM_PROGRAM, 1, own.value))
  }
})

it('keeps lamports above 2^53 exact', () => {
  const queue = createFrameQueue()
  queue.push(1, news(7, 1, account(1)).replace('"lamports":1', '"lamports":18446744073709551615'))
  expect(seen(queue.take())).toEqual([[1, '7', 1, 18446744073709551615n, [1, 2]]])
})

it('lets one socket’s frames go alone', () => {
  const queue = createFrameQueue()
  queue.push(1, answer(1))
  queue.push(2, answer(2))
  expect(queue.take(1).map(({ id }) => id)).toEqual([1])
  expect([queue.size, queue.isUrgent]).toEqual([1, true])
})

import { once } from 'node:events'
import { startLocalnet } from 'lamplight-localnet'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { parseServerMessage } from '../../src/socket/wire.js'
import { setUpConnection } from '../client/stream/pushNode.js'

const parsed = () => vi.spyOn(JSON, 'parse')
const ofAccounts = (spy: ReturnType<typeof parsed>) =>
  spy.mock.calls.filter(([text]) => String(text).includes('accountNotification')).length
afterEach(() => void vi.restoreAllMocks())

describe('news of an account', () => {
  it('is read to its head alone as a node writes it, and as a whole when its value is asked for, once', async () => {
    const net = await startLocalnet({ port: 0, automine: true })
    const socket = new WebSocket(net.wsUrl)
    try {
      await once(socket, 'open')
      const owner = '5xot9PVkphiX2adznghwrAuxGs2zeWisNSxMW6hU6Hkj'
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'accountSubscribe', params: [owner] }))
      const [answer] = await once(socket, 'message')
      net.fund(owner, 5n)
      const [frame] = await once(socket, 'message')
      const whole = JSON.parse(String(frame))
      const spy = parsed()
      const message = parseServerMessage(String(frame))
      expect(message).toMatchObject({
        type: 'notification',
        method: 'accountNotification',
        subscription: String(JSON.parse(String(answer)).result),
        slot: whole.params.result.context.slot,
      })
      expect(message.type === 'notification' && [message.value, message.value]).toEqual([
        whole.params.result.value,
        whole.params.result.value,
      ])
      expect(ofAccounts(spy)).toBe(1)
    } finally {
      socket.close()
      await net.stop()
    }
  })

  it.each([
    [
      'with its parts in another order',
      '{"method":"accountNotification","params":{"subscription":3,"result":{"context":{"slot":7},"value":null}}}',
    ],
    [
      'with a version',
      '{"jsonrpc":"2.0","method":"accountNotification","params":{"result":{"context":{"apiVersion":"3","slot":7},"value":null},"subscription":3}}',
    ],
    [
      'with spaces',
      '{"jsonrpc": "2.0", "method": "accountNotification", "params": {"result": {"context": {"slot": 7}, "value": null}, "subscription": 3}}',
    ],
    [
      'in its usual form',
      '{"jsonrpc":"2.0","method":"accountNotification","params":{"result":{"context":{"slot":7},"value":null},"subscription":3}}',
    ],
  ])('%s says the same', (_, text) => {
    expect({ ...parseServerMessage(text) }).toEqual({
      type: 'notification',
      method: 'accountNotification',
      subscription: '3',
      slot: 7,
      value: null,
    })
  })

  it('that breaks off inside has no value', () => {
    const text =
      '{"jsonrpc":"2.0","method":"accountNotification","params":{"result":{"context":{"slot":7},"value":{"lamports":},"subscription":3}}'
    const message = parseServerMessage(text)
    expect(message.type === 'notification' && message.value).toBe(undefined)
  })

  it('which is followed by newer news before it is written is never read', async () => {
    const { clock, push, held, start } = setUpConnection({ auditMs: 0 })
    await start(1)
    const spy = parsed()
    for (let slot = 200; slot < 300; slot++) push(0, slot, slot)
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 299, lamports: 299n })
    expect(ofAccounts(spy)).toBe(1)
  })
})

import { expect, it } from 'vitest'
import { LamplightError } from '../../../src/base/errors.js'
import { laterError } from '../../../src/base/laterErrors.js'
import { receivedError, sentError } from '../../../src/client/tabs/tabChannel.js'

it.each([
  laterError('socket/closed', { endpoint: 'node.example', closeCode: 1006, why: 'it fell silent' }),
  laterError('rpc/rate-limited', { endpoint: 'node.example', retryAfterMs: 1000 }),
  new LamplightError('client/not-loaded', { part: 'the requests' }),
])('an error reaches another tab as it was: %s', (error) => {
  const received = receivedError(structuredClone(sentError(error)))
  expect([received.code, received.context, received.message, received.retryable]).toEqual([
    ...[error.code, error.context, error.message, error.retryable],
  ])
})

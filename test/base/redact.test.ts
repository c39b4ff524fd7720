import { LamplightError } from 'lamplight/core'
import { describe, expect, it } from 'vitest'
import { redactedCause, redactor } from '../../src/base/redact.js'
import { secretsOf } from '../../src/base/secrets.js'

describe('a text that may hold an address', () => {
  it.each([
    ['Failed to fetch https://me:p@ss@rpc.example:8899/v2/KEY?a=KEY#KEY!', 'Failed to fetch https://rpc.example:8899'],
    ["The URL 'wss://rpc.example/KEY' is invalid.", "The URL 'wss://rpc.example' is invalid."],
    ['GET /?api-key=KEY&x=KEY failed', 'GET /?api-key=[hidden]&x=[hidden] failed'],
    ['3 of 4 accounts are frozen: why?', '3 of 4 accounts are frozen: why?'],
  ])('keeps its words: %s', (text, clean) => {
    expect(redactor()(text)).toBe(clean)
    expect(redactor()(clean)).toBe(clean)
  })

  it('loses what is secret of the address it is about, in every form', () => {
    const secrets = secretsOf(
      'https://al%40ice:pa%20ss@rpc.example/v2/solana/k3y-in-path?network=mainnet&api-key=k3y',
      {
        authorization: 'Bearer t0ken',
        'content-type': 'application/json',
      },
    )
    const text = `al@ice al%40ice pa ss pa%20ss k3y-in-path k3y t0ken ${btoa('al@ice:pa ss')} v2 solana mainnet application/json`
    expect(redactor(secrets)(text).replaceAll('[hidden]', '-')).toBe(
      '- - - - - - - - v2 solana mainnet application/json',
    )
  })
})

it('of a secret in a text that was cut, the beginning goes as well', () => {
  const redact = redactor(['k3y-in-path'])
  expect(redact('refused k3y-in…')).toBe('refused [hidden]…')
  expect(redact('refused k3y-in')).toBe('refused [hidden]')
  expect(redact('refused k3y')).toBe('refused k3y')
})

describe('the cause of an error', () => {
  it('is the same object where nothing in it had to be cleaned', () => {
    const cause = Object.assign(new RangeError('too far', { cause: { code: 7, list: ['a'] } }), { code: 'E_FAR' })
    expect(new LamplightError('client/not-loaded', { part: 'x' }, { cause }).cause).toBe(cause)
  })

  it('is a copy with its name, codes, stack and own causes where something had to be', () => {
    const inner = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: 'https://a.b/KEY' })
    const cause = new AggregateError([inner], 'https://a.b/KEY failed', { cause: inner })
    const copy = new LamplightError('client/not-loaded', { part: 'x' }, { cause }).cause as AggregateError
    expect(copy).toMatchObject({ name: 'AggregateError', message: 'https://a.b failed' })
    expect(copy).toBeInstanceOf(Error)
    expect(copy.stack).toContain('redact.test')
    expect(copy.stack).not.toContain('KEY')
    expect(copy.cause).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_URL', input: 'https://a.b' })
    expect(copy.errors[0]).toMatchObject({ input: 'https://a.b' })
  })

  it('loses what cannot be looked into, and throws for nothing', () => {
    const hostile = Object.defineProperty({ a: 1 }, 'b', {
      get: () => {
        throw new Error('no')
      },
      enumerable: true,
    })
    const loop: { self?: unknown } = {}
    loop.self = loop
    const request = new Request('https://a.b/KEY')
    expect(redactedCause({ request, call: () => 1, hostile, n: 5n }, redactor())).toEqual({ n: 5n })
    expect(() => redactedCause(loop, redactor())).not.toThrow()
  })
})

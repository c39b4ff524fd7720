import { render, screen } from '@testing-library/react'
import { LamplightError } from 'lamplight/core'
import { expect, it } from 'vitest'
import { messageOf, shown } from '../../src/base/check.js'
import { ActionOutcome } from '../../src/components/ActionOutcome.js'
import { reasonOf } from '../../src/components/messages/reason.js'

const angry = new Proxy(
  {},
  {
    get() {
      throw new Error('no')
    },
    getPrototypeOf() {
      throw new Error('no')
    },
  },
)
const ANYTHING: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'User rejected'],
  ['a number', 7],
  ['a symbol', Symbol('s')],
  ['an object without a prototype', Object.create(null)],
  ['an error with a number for a code', Object.assign(new Error('aborted'), { code: 20 })],
  ['an error whose message is no text', Object.assign(new Error(), { message: { deep: true } })],
  ['a RangeError', new RangeError('encoding overruns Uint8Array')],
  ['a proxy that throws', angry],
]

it.each(ANYTHING)('says something of %s that was thrown', (_, thrown) => {
  expect(reasonOf(thrown)).toBe('other')
  expect(messageOf(thrown)).toMatch(/./)
  expect(shown(thrown)).toMatch(/./)
  const action = { phase: 'failed', quote: null, error: thrown, isPending: false, signature: null }
  render(<ActionOutcome action={action as never} owner="x" asset={null} />)
  expect(screen.getByRole('status')).toHaveAttribute('data-state', 'failed')
})

it('knows its own errors by their code', () => {
  expect(reasonOf(new LamplightError('account/no-mint', { address: 'x' }))).toBe('token')
})

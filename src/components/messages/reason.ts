import { isLamplightError } from '../../base/errors.js'
import type { Reason } from './messages.js'

const BUSY = ['rate-limited', 'dropped-request']
const UNREACHABLE = ['unreachable', 'timeout', 'closed', 'not-loaded']
const AREAS: Readonly<Record<string, Reason>> = {
  input: 'input',
  account: 'token',
  rpc: 'unusable',
  socket: 'unusable',
}

/**
 * What a person is told of an error; its own message is for who built the page. Anything may have been thrown: what is not
 * this library's error is `other`.
 */
export function reasonOf(error: unknown): Reason {
  const code: unknown = isLamplightError(error) ? error.code : undefined
  const [area = '', what = ''] = typeof code === 'string' ? code.split('/') : []
  if (BUSY.includes(what)) return 'busy'
  if (what === 'behind') return 'behind'
  return UNREACHABLE.includes(what) ? 'unreachable' : (AREAS[area] ?? 'other')
}

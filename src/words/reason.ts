import type { ErrorCode } from '../base/errors.js'
import type { Reason } from './words.js'

const BUSY = ['rate-limited', 'dropped-request']
const UNREACHABLE = ['unreachable', 'timeout', 'closed', 'not-loaded']
const NOT_SET_UP = ['no-buffer']
const AREAS: Readonly<Record<string, Reason>> = {
  input: 'input',
  account: 'token',
  rpc: 'unusable',
  socket: 'unusable',
}

/** What a person is told of an error; its own message is for who built the page. */
export function reasonOf({ code }: { readonly code: ErrorCode }): Reason {
  const [area = '', what = ''] = code.split('/')
  if (BUSY.includes(what)) return 'busy'
  if (what === 'behind') return 'behind'
  if (NOT_SET_UP.includes(what)) return 'input'
  return UNREACHABLE.includes(what) ? 'unreachable' : (AREAS[area] ?? 'other')
}

import { shown } from './check.js'
import { LamplightError } from './errors.js'
import { laterError } from './laterErrors.js'
import { redactor } from './redact.js'
import { isWalletRejection } from './walletRefusal.js'

/** What a wallet threw, as this library's error: refused by the person, or failed. */
export function walletErrorOf(request: string, error: unknown): LamplightError {
  if (error instanceof LamplightError) return error
  if (isWalletRejection(error)) return laterError('wallet/rejected', { request }, { cause: error })
  return laterError('wallet/failed', { request, why: redactor()(messageOf(error)).slice(0, 120) }, { cause: error })
}

/** Whatever it is that was thrown: its message, its name, or what it looks like. */
function messageOf(error: unknown): string {
  const { message, name } = (error ?? {}) as Record<string, unknown>
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
  return [error, message, name].find(isText) ?? shown(error)
}

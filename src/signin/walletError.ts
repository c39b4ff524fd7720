import { shown } from '../base/check.js'
import { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { redactor } from '../base/redact.js'
import { isObject } from '../base/wireText.js'

/** EIP-1193's code for "the person said no", which most Solana wallets use. */
const EIP_1193_REJECTED = 4001
/** The code of `@wallet-standard/errors` for the same. */
const STANDARD_REJECTED = 4_001_000
/** Some wallets have words alone. */
const words = /\buser\b.*\b(reject|den(y|ied)|declin|cancel)|\b(rejected|denied|declined|cancell?ed) by (the )?user\b/i
/** wallet-adapter wraps what a wallet threw, once or twice. */
const MAX_DEPTH = 4

/** Whether a wallet failed because the person refused: nothing to report, and nothing to ask again by itself. */
export function isWalletRejection(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error || isObject(error)) || depth > MAX_DEPTH) return false
  const { code, name, message, context, error: wrapped, cause } = error as Record<string, unknown>
  const standard = isObject(context) ? context.__code : undefined
  return (
    code === EIP_1193_REJECTED ||
    standard === STANDARD_REJECTED ||
    name === 'WalletWindowClosedError' ||
    (typeof message === 'string' && words.test(message)) ||
    isWalletRejection(wrapped, depth + 1) ||
    isWalletRejection(cause, depth + 1)
  )
}

/** What a wallet threw, as this library's error: refused by the person, or failed. */
export function walletErrorOf(request: string, error: unknown): LamplightError {
  if (error instanceof LamplightError) return error
  if (isWalletRejection(error)) return laterError('wallet/rejected', { request }, { cause: error })
  return laterError('wallet/failed', { request, why: redactor()(wordsOf(error)).slice(0, 120) }, { cause: error })
}

/** Whatever it is that was thrown: its message, its name, or what it looks like. */
function wordsOf(error: unknown): string {
  const { message, name } = (error ?? {}) as Record<string, unknown>
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
  return [error, message, name].find(isText) ?? shown(error)
}

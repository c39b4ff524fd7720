import { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'

/** The packages that build transactions; they are large, and no balance needs them. */
export interface ChainCode {
  readonly web3: typeof import('@solana/web3.js')
  readonly spl: typeof import('@solana/spl-token')
}

/** Loads the packages that build transactions. @throws LamplightError `client/not-loaded`, `action/no-buffer` */
export async function loadChainCode(): Promise<ChainCode> {
  try {
    const [web3, spl] = await Promise.all([import('@solana/web3.js'), import('@solana/spl-token')])
    return { web3, spl }
  } catch (cause) {
    if (isMissingBuffer(cause)) throw noBuffer(cause)
    throw new LamplightError('client/not-loaded', { part: 'web3.js and spl-token' }, { cause })
  }
}

/** The same error, or a missing `Buffer` by its name: one of these packages may want it only when it is used. */
export const explained = (error: unknown): unknown => (isMissingBuffer(error) ? noBuffer(error) : error)

const isMissingBuffer = (error: unknown) => error instanceof ReferenceError && /\bBuffer\b/.test(error.message)
const noBuffer = (cause: unknown) => laterError('action/no-buffer', {}, { cause })

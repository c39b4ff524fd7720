import { LamplightError } from '../base/errors.js'

/** The packages that build transactions; they are large, and no balance needs them. */
export interface ChainCode {
  readonly web3: typeof import('@solana/web3.js')
  readonly spl: typeof import('@solana/spl-token')
}

/**
 * Loads the packages that build transactions. spl-token looks for a global `Buffer`, while it loads and later: a page that
 * has none gets one, of the package it depends on itself.
 * @throws LamplightError `client/not-loaded`
 */
export async function loadChainCode(): Promise<ChainCode> {
  try {
    const [web3, { Buffer }] = await Promise.all([import('@solana/web3.js'), import('buffer')])
    globalThis.Buffer ??= Buffer
    return { web3, spl: await import('@solana/spl-token') }
  } catch (cause) {
    throw new LamplightError('client/not-loaded', { part: 'web3.js and spl-token' }, { cause })
  }
}

import { LamplightError } from '../base/errors.js'

/** The packages that build transactions; they are large, and no balance needs them. */
export interface ChainCode {
  readonly web3: typeof import('@solana/web3.js')
  readonly spl: typeof import('@solana/spl-token')
}

/** Loads the packages that build transactions. @throws LamplightError `client/not-loaded` */
export async function loadChainCode(): Promise<ChainCode> {
  try {
    const [web3, spl] = await Promise.all([import('@solana/web3.js'), import('@solana/spl-token')])
    return { web3, spl }
  } catch (cause) {
    throw new LamplightError('client/not-loaded', { part: 'web3.js and spl-token' }, { cause })
  }
}

import { resolve } from 'node:path'
import { mergeConfig } from 'vite'
import shared from '../signin/vite.config.js'

const repo = resolve(import.meta.dirname, '../../..')

/** The page that acts with a wallet: served as the one that signs in. */
export default mergeConfig(shared, {
  root: import.meta.dirname,
  cacheDir: `${repo}/node_modules/.vite/actions`,
  resolve: { alias: [{ find: /^lamplight\/actions$/, replacement: `${repo}/src/actions.ts` }] },
  optimizeDeps: { include: ['@solana/spl-token'] },
})

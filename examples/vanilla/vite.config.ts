import { resolve } from 'node:path'
import { defineConfig } from 'vite'
// By path: a configuration is loaded before any alias holds.
import { lamplightLocalnet } from '../../localnet/src/index.js'
import { prepare } from '../shared/chain.js'

const repo = resolve(import.meta.dirname, '../..')

export default defineConfig({
  root: import.meta.dirname,
  // Its own cache: the repository's tests and stories bundle other packages into theirs.
  cacheDir: `${repo}/node_modules/.vite/vanilla`,
  plugins: [lamplightLocalnet({ slotMs: 400, onStart: prepare })],
  resolve: { alias: [{ find: 'lamplight/core', replacement: `${repo}/src/core.ts` }] },
  server: { fs: { allow: [repo] } },
  optimizeDeps: { include: ['@tanstack/query-core', 'zustand/vanilla'] },
})

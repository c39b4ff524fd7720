import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
// By path: a configuration is loaded before any alias holds.
import { lamplightLocalnet } from '../../localnet/src/index.js'
import { createBotRoutes } from './botRoutes.js'

const repo = resolve(import.meta.dirname, '../..')
const bot = createBotRoutes()

export default defineConfig({
  root: import.meta.dirname,
  // Its own cache: the repository's tests and stories bundle other packages into theirs.
  cacheDir: `${repo}/node_modules/.vite/dapp`,
  plugins: [react(), lamplightLocalnet({ slotMs: 400, onStart: bot.onStart }), bot.plugin],
  resolve: {
    alias: [
      { find: /^lamplight\/(core|components|actions)$/, replacement: `${repo}/src/$1.ts` },
      { find: 'lamplight/styles.css', replacement: `${repo}/src/styles.css` },
      { find: /^lamplight$/, replacement: `${repo}/src/index.ts` },
    ],
  },
  server: { fs: { allow: [repo] } },
  // Named here so that a first visit does not find them one by one and reload.
  optimizeDeps: {
    include: [
      '@solana/spl-token',
      '@solana/wallet-adapter-react',
      '@solana/wallet-adapter-unsafe-burner',
      '@solana/web3.js',
      '@tanstack/query-core',
      '@tanstack/react-query',
      'buffer',
      'react',
      'react-dom/client',
      'zustand',
      'zustand/vanilla',
    ],
  },
})

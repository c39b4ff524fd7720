import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const repo = resolve(import.meta.dirname, '../../..')

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: `${repo}/node_modules/.vite/signin`,
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^lamplight\/(components|signin)$/, replacement: `${repo}/src/$1.ts` },
      { find: /^lamplight$/, replacement: `${repo}/src/index.ts` },
    ],
  },
  server: { fs: { allow: [repo] }, watch: { ignored: () => true }, hmr: false },
  optimizeDeps: {
    include: [
      '@noble/curves/ed25519.js',
      '@solana/wallet-adapter-react',
      '@solana/wallet-standard-util',
      '@solana/web3.js',
      '@tanstack/query-core',
      '@tanstack/react-query',
      '@wallet-standard/errors',
      '@wallet-standard/wallet',
      'bs58',
      'buffer',
      'react',
      'react-dom/client',
      'zustand',
      'zustand/vanilla',
    ],
  },
})

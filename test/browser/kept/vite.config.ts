import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const repo = resolve(import.meta.dirname, '../../..')

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: `${repo}/node_modules/.vite/kept`,
  plugins: [react()],
  resolve: {
    alias: [
      ...['core', 'components', 'persist'].map((door) => ({
        find: `lamplight/${door}`,
        replacement: `${repo}/src/${door}.ts`,
      })),
      { find: /^lamplight$/, replacement: `${repo}/src/index.ts` },
    ],
  },
  server: { fs: { allow: [repo] }, watch: { ignored: () => true }, hmr: false },
  optimizeDeps: {
    include: [
      '@solana/wallet-adapter-react',
      '@solana/wallet-adapter-unsafe-burner',
      '@solana/web3.js',
      '@tanstack/query-core',
      '@tanstack/query-persist-client-core',
      '@tanstack/react-query',
      'idb-keyval',
      'react',
      'react-dom/client',
      'zustand',
      'zustand/vanilla',
    ],
  },
})

import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const repo = resolve(import.meta.dirname, '../../..')

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: `${repo}/node_modules/.vite/tabs`,
  plugins: [react()],
  resolve: {
    alias: [
      { find: 'lamplight/components', replacement: `${repo}/src/components.ts` },
      { find: /^lamplight$/, replacement: `${repo}/src/index.ts` },
    ],
  },
  server: { fs: { allow: [repo] }, watch: { ignored: () => true }, hmr: false },
  optimizeDeps: {
    include: [
      '@solana/wallet-adapter-react',
      '@tanstack/query-core',
      '@tanstack/react-query',
      'react',
      'react-dom/client',
      'zustand',
      'zustand/vanilla',
    ],
  },
})

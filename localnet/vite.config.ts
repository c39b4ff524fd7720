import { defineConfig } from 'vite'

/** What it takes of the kit (`../src/base`, `../src/token`) is inlined; its packages are its own dependencies. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: 'node20',
    sourcemap: true,
    minify: false,
    lib: { entry: { index: 'src/index.ts', page: 'src/page.ts', cli: 'src/server/cli.ts' }, formats: ['es'] },
    rolldownOptions: {
      external: (id: string) => !/^[./\0]/.test(id),
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
    },
  },
})

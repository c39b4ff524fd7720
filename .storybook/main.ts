import type { StorybookConfig } from '@storybook/react-vite'
import { lamplightLocalnet } from '../localnet/src/index.js'

/** The manual shows what is not part of an app in production: its build is one. */
const withDevtools = {
  name: 'with-devtools',
  enforce: 'pre' as const,
  transform: (code: string, id: string) =>
    id.endsWith('/src/devtools/BalanceDevtools.tsx')
      ? code.replace("process.env.NODE_ENV === 'production'", 'false')
      : undefined,
}

const config: StorybookConfig = {
  framework: '@storybook/react-vite',
  stories: ['../stories/**/*.mdx', '../stories/**/*.stories.tsx'],
  staticDirs: [{ from: '../docs/pictures', to: '/pictures' }],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true, enableCrashReports: false },
  features: { sidebarOnboardingChecklist: false },
  typescript: { reactDocgen: 'react-docgen' },
  viteFinal: (vite) => ({
    ...vite,
    plugins: [...(vite.plugins ?? []), lamplightLocalnet({ slotMs: 50 }), withDevtools],
    // Found only while stories run otherwise: the page would reload in the middle of one.
    optimizeDeps: {
      ...vite.optimizeDeps,
      include: [
        ...(vite.optimizeDeps?.include ?? []),
        '@solana/spl-token',
        '@solana/wallet-adapter-base',
        '@solana/wallet-adapter-react',
        '@solana/wallet-adapter-unsafe-burner',
        '@solana/web3.js',
        '@tanstack/react-query',
        '@tanstack/virtual-core',
        'buffer',
        'zustand',
        'zustand/vanilla',
      ],
    },
  }),
}
export default config

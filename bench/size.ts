import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { gzippedBytesOf } from '../test/support/bundleSize.js'

const root = resolve(import.meta.dirname, '..')
const { peerDependencies } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  readonly peerDependencies: Record<string, string>
}
const peers = [...Object.keys(peerDependencies), 'react-dom']
/** What an app of React has anyway, whatever it shows. */
const react = ['react', 'react-dom']

const ROWS = [
  ['provider and `useTokenBalance`', "export { WebSocketProvider, useTokenBalance } from '/src/index.ts'"],
  ['all of `lamplight`', "export * from '/src/index.ts'"],
  ['`createBalanceClient`', "export { createBalanceClient } from '/src/core.ts'"],
  ['`formatAmount`', "export { formatAmount } from '/src/core.ts'"],
  ['`TokenBalance`', "export { TokenBalance } from '/src/components.ts'"],
  ['all of `lamplight/components`', "export * from '/src/components.ts'"],
  ['all of `lamplight/actions`', "export * from '/src/actions.ts'"],
  ['all of `lamplight/worker`', "export * from '/src/worker.ts'"],
  ['`useSignIn`', "export { useSignIn } from '/src/signin.ts'"],
  ['`useBalancePersistence`', "export { useBalancePersistence } from '/src/persist.ts'"],
] as const

const CLIENT = "export { QueryClient, QueryClientProvider } from '@tanstack/react-query'"

const kB = (bytes: number) => (bytes / 1024).toFixed(1)
const lines: string[] = []
for (const [what, code] of ROWS) {
  const own = await gzippedBytesOf(code, { root, external: peers })
  // What reads balances needs a query client too, which the app makes.
  const needs = /index|createBalanceClient|TokenBalance|components\.ts/.test(code) ? `${code}\n${CLIENT}` : code
  const bundled = await gzippedBytesOf(needs, { root, external: react })
  lines.push(`| ${what} | ${kB(own.first)} | ${kB(own.all)} | ${kB(bundled.first)} |`)
}
const text = `# Size

In kB (1,024 bytes), minified and gzipped. \`npm run bench size\` writes this file; \`test/doors.test.ts\` holds the budgets.

| import | with the page | and on demand | with the page, peers bundled too (all but React) |
|---|---|---|---|
${lines.join('\n')}

"With the page" is what an app ships before anything is asked for; the connection, the requests, lists and actions are loaded
when they are first needed. Peers are TanStack Query (its client, which the app makes, is counted where balances are read),
wallet-adapter and, for actions, web3.js and spl-token, which load with the first action.

Beside it, the balance hook of other libraries alone, as measured when this kit was planned and not since:
63 kB framework-kit, 76 kB gill, 57 kB grill, 107 kB web3.js and spl-token by hand, 201 kB connectorkit.
`
console.log(text)
if (!process.argv.includes('--dry')) await writeFile(resolve(root, 'docs/SIZE.md'), text)

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gzippedBytesOf } from './support/bundleSize.js'
import { covers } from './support/houseRules.js'
import { namesOf, reachOf } from './support/moduleGraph.js'
import { byTarget, parsed, sourcesOf } from './support/sourceTree.js'

const root = resolve(import.meta.dirname, '..')
const sources = sourcesOf(resolve(root, 'src'))
const localnetSources = sourcesOf(resolve(root, 'localnet/src'))

interface Manifest {
  readonly exports: Record<string, unknown>
  readonly peerDependencies: Record<string, string>
}
const manifestOf = (directory: string) =>
  JSON.parse(readFileSync(resolve(root, directory, 'package.json'), 'utf8')) as Manifest
const manifest = manifestOf('.')

/** Every public name, door by door: a change here is a change for users, and belongs in the changelog. */
const names: Readonly<Record<string, readonly string[]>> = {
  index: [
    'LamplightError',
    'WebSocketProvider',
    'address',
    'balanceKeys',
    'isLamplightError',
    'type AccountChange',
    'type AccountFailure',
    'type Activity',
    'type Address',
    'type AddressInput',
    'type Balance',
    'type BalanceChange',
    'type BalanceClient',
    'type BalanceClientOptions',
    'type BalanceEvent',
    'type BalanceEvents',
    'type BalanceMeta',
    'type BalanceOf',
    'type BalanceReason',
    'type BalanceSource',
    'type BudgetFill',
    'type BudgetOptions',
    'type CacheCounts',
    'type Commitment',
    'type ConnectionOptions',
    'type ConnectionState',
    'type ConnectionStatus',
    'type EndpointHealth',
    'type EndpointState',
    'type ErrorCode',
    'type ErrorContext',
    'type Freshness',
    'type HeartbeatOptions',
    'type Maybe',
    'type PollInterval',
    'type PoolEndpoint',
    'type ReadParameters',
    'type ReadResult',
    'type RequestStats',
    'type SocketCounts',
    'type SocketStats',
    'type SolBalance',
    'type Stats',
    'type Target',
    'type TargetInput',
    'type TokenBalance',
    'type TokenBalanceAccount',
    'type TokenMetadata',
    'type TokenProgram',
    'type TransferFee',
    'type UseBalanceStreamParameters',
    'type UseBalanceStreamReturnType',
    'type UseBalancesParameters',
    'type UseBalancesReturnType',
    'type UseConnectionStatusReturnType',
    'type UseSolBalanceParameters',
    'type UseSolBalanceReturnType',
    'type UseTokenBalanceParameters',
    'type UseTokenBalanceReturnType',
    'type UseTokenBalancesParameters',
    'type UseTokenBalancesReturnType',
    'type WebSocketProviderProps',
    'useBalanceClient',
    'useBalanceEvents',
    'useBalanceStream',
    'useBalances',
    'useConnectionStatus',
    'useSolBalance',
    'useTokenBalance',
    'useWalletTokens',
  ],
  core: [
    'LamplightError',
    'TOKEN_2022_PROGRAM',
    'TOKEN_PROGRAM',
    'accountOptions',
    'address',
    'allowHydration',
    'amountOfUiText',
    'balanceKeys',
    'createAssociatedAddresses',
    'createBalanceClient',
    'decodeMint',
    'decodeTokenAccount',
    'followTarget',
    'formatAmount',
    'isLamplightError',
    'mintOf',
    'mintOptions',
    'parseAmount',
    'solBalanceOf',
    'solBalanceOptions',
    'streamTargets',
    'systemClock',
    'tokenBalanceOf',
    'tokenBalanceOptions',
    'tokenOptions',
    'type AccountAt',
    'type AccountChange',
    'type AccountClient',
    'type AccountFailure',
    'type AccountRecord',
    'type AccountSource',
    'type Activity',
    'type Address',
    'type AddressInput',
    'type AmountDisplay',
    'type AssociatedAddresses',
    'type Balance',
    'type BalanceChange',
    'type BalanceClient',
    'type BalanceClientOptions',
    'type BalanceEvent',
    'type BalanceEvents',
    'type BalanceFilter',
    'type BalanceMeta',
    'type BalanceOf',
    'type BalanceReadOptions',
    'type BalanceReason',
    'type BalanceResult',
    'type BalanceSource',
    'type BudgetFill',
    'type BudgetOptions',
    'type CacheCounts',
    'type Clock',
    'type Commitment',
    'type ConnectionOptions',
    'type ConnectionState',
    'type ConnectionStatus',
    'type EndpointHealth',
    'type EndpointState',
    'type ErrorCode',
    'type ErrorContext',
    'type FetchFreshOptions',
    'type FollowListener',
    'type FollowOptions',
    'type FormatAmountOptions',
    'type Freshness',
    'type HeartbeatOptions',
    'type Mint',
    'type ParsedAmount',
    'type PollInterval',
    'type PoolEndpoint',
    'type ReadOptions',
    'type RequestStats',
    'type ResolveToken',
    'type Shown',
    'type ShownMint',
    'type SocketCounts',
    'type SocketStats',
    'type SolBalance',
    'type SolBalanceOptionsParameters',
    'type Stats',
    'type Target',
    'type TargetInput',
    'type TokenAccount',
    'type TokenBalance',
    'type TokenBalanceAccount',
    'type TokenBalanceOptionsParameters',
    'type TokenInfo',
    'type TokenMetadata',
    'type TokenOptionsParameters',
    'type TransferFee',
    'uiAmountOf',
    'uiTextOf',
  ],
  components: [
    'AddressLabel',
    'BalanceSparkline',
    'BalanceToasts',
    'BurnForm',
    'ConnectionStatus',
    'CreateAccountNotice',
    'LamplightI18n',
    'LamplightProvider',
    'SendForm',
    'SolBalance',
    'TokenBalance',
    'TokenList',
    'WalletButton',
    'WalletCard',
    'WalletDialog',
    'balanceStateOf',
    'type AddressLabelProps',
    'type BalancePoint',
    'type BalanceSparklineProps',
    'type BalanceState',
    'type BalanceTextProps',
    'type BalanceToast',
    'type BalanceToastsProps',
    'type BurnFormProps',
    'type ConnectionStatusProps',
    'type CreateAccountNoticeProps',
    'type Explorer',
    'type FormMessages',
    'type LamplightI18nProps',
    'type LamplightProviderProps',
    'type Messages',
    'type MessagesOverride',
    'type ResolveToken',
    'type SendFormProps',
    'type SolBalanceProps',
    'type ToastPosition',
    'type TokenBalanceProps',
    'type TokenInfo',
    'type TokenListProps',
    'type WalletButtonProps',
    'type WalletCardProps',
    'type WalletCardToken',
    'type WalletDialogProps',
  ],
  testing: [
    'LedgerProvider',
    'createFaults',
    'createLedger',
    'createTestWallet',
    'type AmountInput',
    'type Cheats',
    'type EndpointControls',
    'type EndpointOptions',
    'type EndpointStats',
    'type FaultAction',
    'type FaultRule',
    'type FaultStream',
    'type FaultStrike',
    'type Faults',
    'type FaultsOptions',
    'type Ledger',
    'type LedgerAccount',
    'type LedgerOptions',
    'type LedgerProviderProps',
    'type MintOptions',
    'type PageLedger',
    'type PageLedgerOptions',
    'type TestWallet',
    'type TestWalletOptions',
    'type TokenBalanceOptions',
    'type TokenProgramName',
    'type Warp',
  ],
  signin: [
    'type SignInInput',
    'type SignInPhase',
    'type SignInProof',
    'type SignInRequest',
    'type UseSignInParameters',
    'type UseSignInReturnType',
    'useSignIn',
  ],
  'signin-server': [
    'createNonce',
    'createSignInInput',
    'signInTextOf',
    'type CreateSignInInputOptions',
    'type SignInInput',
    'type SignInProof',
    'type SignInRefusal',
    'type SignInRequest',
    'type SignInVerdict',
    'type VerifySignInOptions',
    'verifySignIn',
  ],
  persist: [
    'indexedDbStorage',
    'persistBalances',
    'type BalancePersistence',
    'type BalanceStorage',
    'type BalanceStorageOptions',
    'type PersistBalancesOptions',
    'type StorageErrorListener',
    'useBalancePersistence',
  ],
  actions: [
    'burnToken',
    'closeTokenAccount',
    'createTokenAccount',
    'transferSol',
    'transferToken',
    'type ActionAmount',
    'type ActionOptions',
    'type ActionPhase',
    'type ActionProgress',
    'type ActionQuote',
    'type ActionReceipt',
    'type ActionResult',
    'type BurnTokenInput',
    'type CloseTokenAccountInput',
    'type CreateTokenAccountInput',
    'type Signer',
    'type TransferSolInput',
    'type TransferTokenInput',
    'type UseActionParameters',
    'type WrapSolInput',
    'unwrapSol',
    'useBurnToken',
    'useCloseTokenAccount',
    'useCreateTokenAccount',
    'useTransferSol',
    'useTransferToken',
    'useUnwrapSol',
    'useWrapSol',
    'wrapSol',
  ],
  devtools: ['BalanceDevtools', 'type BalanceDevtoolsProps'],
  worker: ['createWorkerWebSocket', 'serveSockets', 'type SocketPort', 'type SocketWorker'],
}

/** The same of `lamplight-localnet`. */
const localnetNames: typeof names = {
  index: [
    'createFaults',
    'lamplightLocalnet',
    'startLocalnet',
    'startProxy',
    'type AmountInput',
    'type Cheats',
    'type EndpointControls',
    'type EndpointStats',
    'type EngineName',
    'type FaultAction',
    'type FaultProxy',
    'type FaultRule',
    'type FaultStream',
    'type FaultStrike',
    'type Faults',
    'type FaultsOptions',
    'type LamplightLocalnetOptions',
    'type Ledger',
    'type LedgerAccount',
    'type LedgerOptions',
    'type LocalNode',
    'type LocalNodeOptions',
    'type Localnet',
    'type LocalnetOptions',
    'type MintOptions',
    'type ProxyOptions',
    'type ProxyStats',
    'type TokenBalanceOptions',
    'type TokenProgramName',
    'type Warp',
  ],
  page: [
    'createFaults',
    'createLedger',
    'type AmountInput',
    'type Cheats',
    'type EndpointControls',
    'type EndpointOptions',
    'type EndpointStats',
    'type FaultAction',
    'type FaultRule',
    'type FaultStream',
    'type FaultStrike',
    'type Faults',
    'type FaultsOptions',
    'type Ledger',
    'type LedgerAccount',
    'type LedgerOptions',
    'type MintOptions',
    'type PageLedger',
    'type PageLedgerOptions',
    'type TokenBalanceOptions',
    'type TokenProgramName',
    'type Warp',
  ],
}

const reach = (door: string, lazy = true) => reachOf(door, sources, { lazy })
const reachesAny = (door: string, packages: readonly string[], lazy = true) =>
  reach(door, lazy).packages.filter((name) => covers(packages, name))
const reachesRooms = (door: string, rooms: readonly string[]) =>
  reach(door).files.filter((path) => rooms.includes(path.split('/')[0] ?? ''))

const packages = [
  { directory: '.', doors: names, files: sources },
  { directory: 'localnet', doors: localnetNames, files: localnetSources },
]

describe.each(packages)('the doors of $directory', ({ directory, doors, files }) => {
  it('are the rows of exports in package.json', () => {
    const rows = Object.keys(manifestOf(directory).exports).filter((row) => !/\.(css|json)$/.test(row))
    expect(Object.keys(doors).map((door) => (door === 'index' ? '.' : `./${door}`))).toEqual(rows)
  })

  it.each(Object.entries(doors))('%s has exactly its public names', (door, expected) => {
    const file = byTarget(files).get(door)
    expect(file && namesOf(file)).toEqual(expected)
  })

  it.each(Object.entries(doors))('%s gives at run time the values it lists, without a DOM', async (door, expected) => {
    const loaded = (await import(resolve(root, directory, `src/${door}.ts`))) as object
    expect(Object.keys(loaded).sort()).toEqual(expected.filter((name) => !name.startsWith('type ')))
  })
})

describe('the doors', () => {
  it.each(['index', 'core', 'components', 'signin', 'persist', 'actions', 'devtools'])(
    '%s reaches no server and no ledger',
    (door) => {
      expect(reachesAny(door, ['node:*', 'ws', 'litesvm', 'lamplight-localnet'])).toEqual([])
    },
  )

  it.each(['index', 'core', 'components', 'actions', 'devtools'])('%s loads without web3.js and spl-token', (door) => {
    expect(reachesAny(door, ['@solana/web3.js', '@solana/spl-token'], false)).toEqual([])
  })

  it('core needs no React', () => {
    expect(reachesAny('core', ['react', 'react-dom', '@tanstack/react-query', '@solana/wallet-adapter-react'])).toEqual(
      [],
    )
    // The root of zustand imports React; its vanilla half does not.
    expect(reach('core').packages.filter((name) => name === 'zustand')).toEqual([])
    expect(reachesRooms('core', ['react', 'components'])).toEqual([])
  })

  it('signin-server needs nothing but a WebCrypto', () => {
    expect(reach('signin-server').packages).toEqual([])
    expect(reachesRooms('signin-server', ['base', 'token', 'signin'])).toEqual(reach('signin-server').files.slice(1))
  })

  it('components speak English, and load another language when it is spoken', () => {
    const languages = ['arabic', 'english', 'german', 'japanese'].map((name) => `components/messages/${name}`)
    const reached = (lazy: boolean) => languages.filter((path) => reach('components', lazy).files.includes(path))
    expect(reached(false)).toEqual(['components/messages/english'])
    expect(reached(true)).toEqual(languages)
  })

  it('testing runs in a page', () => {
    const node = ['node:*', 'ws', 'litesvm']
    expect(reachesAny('testing', node)).toEqual([])
    expect(reach('testing').packages).toContain('lamplight-localnet/page')
    expect(reachOf('page', localnetSources, { lazy: true }).packages.filter((name) => covers(node, name))).toEqual([])
  })
})

describe('the weight', () => {
  const external = [...Object.keys(manifest.peerDependencies), 'react-dom']
  const weigh = (code: string) => gzippedBytesOf(code, { root, external })

  it.each([
    ['formatAmount alone', "export { formatAmount } from '/src/core.ts'", 1.25 * 1024],
    ['parseAmount alone', "export { parseAmount } from '/src/core.ts'", 1.25 * 1024],
    ['useSignIn alone', "export { useSignIn } from '/src/signin.ts'", 6 * 1024],
    ['useBalancePersistence alone', "export { useBalancePersistence } from '/src/persist.ts'", 8 * 1024],
    ['the door .', "export * from '/src/index.ts'", 20 * 1024],
    ['the door ./components', "export * from '/src/components.ts'", 56 * 1024],
    ['TokenBalance alone', "export { TokenBalance } from '/src/components.ts'", 15 * 1024],
    ['TokenList alone', "export { TokenList } from '/src/components.ts'", 15 * 1024],
    ['SendForm alone', "export { SendForm } from '/src/components.ts'", 33 * 1024],
    ['BalanceSparkline alone', "export { BalanceSparkline } from '/src/components.ts'", 16 * 1024],
    ['BalanceToasts alone', "export { BalanceToasts } from '/src/components.ts'", 17 * 1024],
    ['SolBalance alone', "export { SolBalance } from '/src/components.ts'", 11 * 1024],
  ])(
    'of %s stays in its budget',
    async (what, code, budget) => {
      const { first, all } = await weigh(code)
      const later = all > first ? `; ${all} with what loads on demand` : ''
      console.log(`${what}: ${first} of ${budget} bytes (minified, gzipped, without peers)${later}`)
      expect(first).toBeLessThan(budget)
    },
    30_000,
  )

  it('of the developer tools in production is that of nothing', async () => {
    const { first, all } = await weigh("export { BalanceDevtools } from '/src/devtools.ts'")
    expect(all).toBe(first)
    expect(first).toBeLessThan(512)
  }, 30_000)

  it('counts the whole import graph', async () => {
    const { first, all } = await weigh("export * from '/src/core.ts'")
    expect(first).toBeGreaterThan(4096)
    expect(all).toBeGreaterThan(first + 2048)
    expect((await weigh("export { useQuery } from '@tanstack/react-query'")).all).toBeLessThan(200)
  }, 30_000)
})

describe('the walk from a door', () => {
  const files = [
    parsed('index.ts', "export { a, type A } from './base/a.js'\nexport type { B } from './base/b.js'"),
    parsed('base/a.ts', "import 'ws'\nimport type { X } from 'typed'\nexport const a = () => import('./c.js')"),
    parsed('base/b.ts', "import 'unreached'"),
    parsed('base/c.ts', "import 'lazy'"),
  ]

  it('follows values, leaves types, and takes what is loaded on demand when asked', () => {
    expect(reachOf('index', files, { lazy: false })).toEqual({ files: ['index', 'base/a'], packages: ['ws'] })
    expect(reachOf('index', files, { lazy: true })).toEqual({
      files: ['index', 'base/a', 'base/c'],
      packages: ['lazy', 'ws'],
    })
  })

  it('tells values from types', () => {
    expect(files[0] && namesOf(files[0])).toEqual(['a', 'type A', 'type B'])
  })
})

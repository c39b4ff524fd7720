import { ed25519 } from '@noble/curves/ed25519.js'
import type { SolanaTransactionVersion } from '@solana/wallet-standard-features'
import type { Wallet, WalletAccount, WalletIcon } from '@wallet-standard/base'
import { WALLET_STANDARD_ERROR__USER__REQUEST_REJECTED, WalletStandardError } from '@wallet-standard/errors'
import { ReadonlyWalletAccount, registerWallet } from '@wallet-standard/wallet'
import { keysOf, signingFeatures, type WalletFeature } from './walletSigning.js'

// A wallet of the wallet standard with real keys, for a page or a test: wallet-adapter finds it as it finds any other.
// https://github.com/wallet-standard/wallet-standard

/** How a refusal by the person looks: in the standard's error, in EIP-1193's (Phantom and most others), or in words. */
export type RefusalShape = 'standard' | 'eip-1193' | 'words'

/** How a test wallet is made. */
export interface TestWalletOptions {
  /** @default 'Test Wallet' */
  readonly name?: string
  /** 32 bytes each; the first one connects. @default two new ones */
  readonly seeds?: readonly ArrayLike<number>[]
  /** @default all; `signAndSendTransaction` only with an `rpcUrl` */
  readonly features?: readonly WalletFeature[]
  /** @default both */
  readonly transactionVersions?: readonly SolanaTransactionVersion[]
  /** The node it sends transactions to. */
  readonly rpcUrl?: string
}

/** One thing it was asked for. */
export interface WalletRequest {
  readonly feature: 'connect' | WalletFeature
  readonly account: string | null
}

/** The hand that holds the wallet. */
export interface TestWallet {
  readonly name: string
  /** Its addresses. */
  readonly accounts: readonly string[]
  /** Everything it was asked for. */
  readonly requests: readonly WalletRequest[]
  /** Says yes to what comes from now on, after `delayMs` milliseconds. @default how it begins, without a delay */
  approve(delayMs?: number): void
  /** Says no to what comes from now on. */
  refuse(shape?: RefusalShape): void
  /** Breaks at what comes from now on, as hardware does. */
  fail(): void
  /** Leaves what comes from now on open until `release`. */
  hold(): void
  /** Answers what is open as if it came now; call `approve` or `refuse` first. */
  release(): void
  /** How many questions are open. */
  open(): number
  /** The person chooses another account in the wallet. */
  changeAccount(index: number): void
  /** The person disconnects in the wallet. */
  disconnect(): void
}

const CHAINS = ['solana:mainnet', 'solana:devnet', 'solana:testnet', 'solana:localnet'] as const
const ICON: WalletIcon = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4='

const refusals = {
  standard: () => new WalletStandardError(WALLET_STANDARD_ERROR__USER__REQUEST_REJECTED),
  'eip-1193': () => Object.assign(new Error('User rejected the request.'), { code: 4001 }),
  words: () => new Error('The user declined to sign.'),
} satisfies Record<RefusalShape, () => Error>

/** Makes a wallet and tells the page about it. A name can be registered once in a page. */
export function registerTestWallet(options: TestWalletOptions = {}): TestWallet {
  const { wallet, controls } = createTestWallet(options)
  registerWallet(wallet)
  return controls
}

function createTestWallet({ name = 'Test Wallet', rpcUrl, ...options }: TestWalletOptions) {
  const person = createPerson()
  const keys = keysOf(options.seeds ?? [0, 1].map(() => ed25519.utils.randomSecretKey()))
  const sends: readonly WalletFeature[] = rpcUrl ? ['signAndSendTransaction'] : []
  const wanted = options.features ?? ['signIn', 'signMessage', 'signTransaction', ...sends]
  const features = wanted.map((each) => `solana:${each}` as const)
  const accounts = keys.map(
    ({ publicKey, address }): WalletAccount =>
      Object.freeze(new ReadonlyWalletAccount({ address, publicKey, chains: CHAINS, features })) as WalletAccount,
  )
  const session = createSession(accounts)
  const ask = (feature: WalletRequest['feature']) =>
    person.ask({ feature, account: session.account()?.address ?? null })
  const versions = options.transactionVersions ?? (['legacy', 0] as const)
  const signing = signingFeatures({ keys, ask, session, versions, rpcUrl })
  const wallet: Wallet = {
    version: '1.0.0',
    name,
    icon: ICON,
    chains: CHAINS,
    get accounts() {
      const account = session.account()
      return account ? [account] : []
    },
    features: {
      ...connectFeatures(session, ask),
      ...Object.fromEntries(features.map((id) => [id, signing[id]])),
    },
  }
  const addresses = keys.map(({ address }) => address)
  return { wallet, controls: { name, accounts: addresses, ...person.controls, ...session.controls } }
}

/** Decides, as the person does who holds the wallet. */
function createPerson() {
  const requests: WalletRequest[] = []
  const held: (() => void)[] = []
  let answer: (() => Promise<void>) | 'hold' = async () => {}
  const hold = () => new Promise<void>((done) => held.push(done))
  return {
    async ask(request: WalletRequest): Promise<void> {
      requests.push(request)
      while (answer === 'hold') await hold()
      await answer()
    },
    controls: {
      requests,
      approve(delayMs = 0) {
        answer = () => new Promise<void>((done) => (delayMs > 0 ? setTimeout(done, delayMs) : done()))
      },
      refuse(shape: RefusalShape = 'standard') {
        answer = () => Promise.reject(refusals[shape]())
      },
      fail() {
        answer = () => Promise.reject(new Error('The device is locked'))
      },
      hold() {
        answer = 'hold'
      },
      release() {
        for (const done of held.splice(0)) done()
      },
      open: () => held.length,
    },
  }
}

/** Which account the page sees, and who is told of a change. */
function createSession(accounts: readonly WalletAccount[]) {
  type Listener = (change: { readonly accounts: readonly WalletAccount[] }) => void
  const listeners = new Set<Listener>()
  let chosen = 0
  let isConnected = false
  const account = () => (isConnected ? accounts[chosen] : undefined)
  const tell = () => {
    for (const listener of listeners) listener({ accounts: accounts.filter((each) => each === account()) })
  }
  const disconnect = () => {
    isConnected = false
    tell()
  }
  return {
    account,
    disconnect,
    connect() {
      if (isConnected) return
      isConnected = true
      tell()
    },
    on(_: 'change', listener: Listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    controls: {
      disconnect,
      changeAccount(index: number) {
        if (!accounts[index]) throw new Error(`there is no account ${index}`)
        chosen = index
        tell()
      },
    },
  }
}

type Session = ReturnType<typeof createSession>

function connectFeatures(session: Session, ask: (feature: 'connect') => Promise<void>) {
  return {
    'standard:connect': {
      version: '1.0.0',
      async connect({ silent = false } = {}) {
        // Asked silently, a wallet tells no page what it was not allowed to before.
        if (!silent) {
          await ask('connect')
          session.connect()
        }
        return { accounts: [session.account()].filter((each) => each !== undefined) }
      },
    },
    'standard:disconnect': { version: '1.0.0', disconnect: async () => session.disconnect() },
    'standard:events': { version: '1.0.0', on: session.on },
  }
}

import { Keypair } from '@solana/web3.js'
import { QueryObserver } from '@tanstack/query-core'
import type { ActionOptions, ActionProgress, ActionReceipt } from 'lamplight/actions'
import { type Address, balanceKeys, type LamplightError } from 'lamplight/core'
import type { LedgerAccount } from '../../localnet/src/ledger/engine.js'
import { accountOfKey } from '../../src/cache/queries.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { signerOf, type TestSigner } from './stage.js'
import { until, type WalkedChain } from './walkedChain.js'

/** One amount that is shown. */
interface Shown {
  readonly name: string
  readonly kind: 'tokens' | 'lamports'
  /** What it was when the wallet was last at rest; what is done since then comes on top. */
  base: bigint | undefined
  /** The slot in which it was that; a node that lags may tell of one before. */
  readonly baseSlot: number
  last: string
  readonly stop: () => void
  isAway?: boolean
  readonly again: () => void
}

/** What one action does to what is shown, from its signature on. */
interface Doing {
  readonly effects: ReadonlyMap<string, bigint>
  /** What it takes of the wallet's SOL when it succeeds, and when it fails on the chain. */
  readonly costs: { success: bigint; failure: bigint }
  signature: string | undefined
  /** `loose` was given up while it was on its way: it is not shown, and may happen. */
  state: 'planned' | 'flying' | 'loose' | 'failed' | 'void'
}

/** One wallet, its friend, and their amounts. */
export interface WalkedWallet {
  readonly name: string
  readonly keypair: Keypair
  readonly address: Address
  readonly friend: Address
  readonly tokens: Address
  readonly friendTokens: Address
  readonly shown: Map<string, Shown>
  doings: Doing[]
  isLookDue: boolean
  readonly wrong: string[]
  /** How its actions ended, by the error's code. */
  readonly ends: string[]
}

/** Opens a wallet with a million tokens, and a friend with none. */
export async function openWallet(chain: WalkedChain, name: string): Promise<WalkedWallet> {
  const { net, mint } = chain
  const [keypair, other] = [Keypair.generate(), Keypair.generate()]
  const [address, friend] = [keypair, other].map((each) => each.publicKey.toBase58() as Address) as [Address, Address]
  for (const each of [address, friend]) net.fund(each, 50_000_000_000n)
  const tokens = net.setTokenBalance({ owner: address, mint, amount: 1_000_000n })
  const friendTokens = net.setTokenBalance({ owner: friend, mint, amount: 0n })
  const wallet: WalkedWallet = {
    ...{ name, keypair, address, friend, tokens, friendTokens },
    ...{ shown: new Map(), doings: [], isLookDue: false, wrong: [], ends: [] },
  }
  show(chain, wallet, address, 'lamports', 'SOL')
  show(chain, wallet, friend, 'lamports', "friend's SOL")
  show(chain, wallet, tokens, 'tokens', 'tokens')
  show(chain, wallet, friendTokens, 'tokens', "friend's tokens")
  await atRest(chain, wallet)
  return wallet
}

const keyOf = ({ client }: WalkedChain, address: string) =>
  balanceKeys.account(client.cluster, 'confirmed', address as Address)

/** Shows an account, and holds it to the model from its first rest on, or from `base`. */
export function show(
  chain: WalkedChain,
  wallet: WalkedWallet,
  address: Address,
  kind: Shown['kind'],
  name: string,
  base?: bigint,
): void {
  const { client } = chain
  const queryKey = keyOf(chain, address)
  const observer = new QueryObserver(client.queryClient, { queryKey, enabled: false })
  function start() {
    const stops = [
      observer.subscribe(() => {}),
      client.queryClient.getQueryCache().subscribe(({ type, query }) => {
        if (type === 'updated' && accountOfKey(query.queryKey, client.cluster)?.address === address)
          lookSoon(chain, wallet)
      }),
      client.followAccount({ address, commitment: 'confirmed' }),
    ]
    return () => stops.forEach((each) => void each())
  }
  let stop = start()
  wallet.shown.set(address, {
    ...{ name: `${wallet.name}'s ${name}`, kind, base, last: '' },
    baseSlot: base === undefined ? 0 : chain.net.ledger.slots.frozen - 1,
    stop: () => stop(),
    again() {
      stop = start()
    },
  })
}

/** Shows nothing of a wallet for a while. What the cache holds of it has to add up all the same. */
export function lookAway({ shown }: WalkedWallet, forMs: number): void {
  for (const each of shown.values()) {
    if (each.isAway) continue
    each.isAway = true
    each.stop()
    setTimeout(() => {
      each.isAway = false
      each.again()
    }, forMs)
  }
}

/** Stops showing what is not one of the wallet's four amounts. */
export function withdraw({ shown, address, friend, tokens, friendTokens }: WalkedWallet): void {
  for (const [each, { stop }] of [...shown]) {
    if ([address, friend, tokens, friendTokens].includes(each as Address)) continue
    stop()
    shown.delete(each)
  }
}

const amountIn = (kind: Shown['kind'], account: LedgerAccount | null): bigint => {
  if (!account || kind === 'lamports') return account?.lamports ?? 0n
  return account.data.length < 72
    ? 0n
    : new DataView(account.data.buffer, account.data.byteOffset).getBigUint64(64, true)
}

/** What is shown of an account now. */
function shownNow({ client, ...chain }: WalkedChain, address: string, kind: Shown['kind']) {
  const record = client.queryClient.getQueryData<AccountRecord>(keyOf({ client, ...chain }, address))
  if (!record) return undefined
  const isToken = kind === 'tokens'
  return {
    slot: record.slot,
    confirmed: isToken ? (record.token?.amount ?? 0n) : record.lamports,
    pending: (isToken ? record.pending?.tokens : record.pending?.lamports) ?? 0n,
  }
}

/** What a doing may add to an account that is shown as of a slot. */
function addedBy(
  { net: { ledger } }: WalkedChain,
  wallet: WalkedWallet,
  doing: Doing,
  address: string,
  slot: number,
): bigint[] {
  const { effects, costs, signature, state } = doing
  const own = address === wallet.address
  const whole = (effects.get(address) ?? 0n) - (own ? costs.success : 0n)
  const failed = own ? -costs.failure : 0n
  const landed = signature === undefined ? undefined : ledger.transactions.get(signature)
  const isFailed = landed !== undefined && landed.execution.fault !== null
  // Nobody knows of a failure before the chain was asked.
  if (state === 'flying') return isFailed ? [whole, failed] : [whole]
  if (state === 'failed') return [landed ? failed : 0n]
  if (state !== 'loose' || !landed || landed.slot > slot) return [0n]
  return [isFailed ? failed : whole]
}

/** Looks once all that happens in this turn of the event loop has happened. */
function lookSoon(chain: WalkedChain, wallet: WalkedWallet) {
  if (wallet.isLookDue) return
  wallet.isLookDue = true
  setImmediate(() => {
    wallet.isLookDue = false
    for (const [address, shown] of wallet.shown) look(chain, wallet, address, shown)
  })
}

/** Holds what is shown now to the ledger and to the model. */
function look(chain: WalkedChain, wallet: WalkedWallet, address: string, shown: Shown) {
  const { name, kind, base, baseSlot } = shown
  const now = shownNow(chain, address, kind)
  if (!now) return
  const text = `${name}: ${now.confirmed} + ${now.pending} as of slot ${now.slot}`
  if (text !== shown.last) chain.note(text)
  shown.last = text
  const wrong = (why: string) => {
    chain.note(`WRONG: ${text}, ${why}`)
    wallet.wrong.push(`${text}, ${why}`)
  }
  const truth = amountIn(kind, chain.net.ledger.accountAt(address as Address, now.slot))
  if (now.confirmed !== truth) wrong(`but the ledger has ${truth} there`)
  if (base === undefined || now.slot < baseSlot) return
  let possible = [base]
  for (const doing of wallet.doings) {
    const added = addedBy(chain, wallet, doing, address, now.slot)
    possible = possible.flatMap((sum) => added.map((each) => sum + each))
  }
  if (!possible.includes(now.confirmed + now.pending)) wrong(`but it should add up to ${possible.join(' or ')}`)
}

/** Waits until nothing is pending and all is as the ledger says; the model starts from there again. */
export async function atRest(chain: WalkedChain, wallet: WalkedWallet): Promise<void> {
  await until(() => {
    // What was given up may still arrive.
    if (chain.onWire > 0) return 'a request is on the wire'
    for (const [address, { kind, name }] of wallet.shown) {
      const truth = amountIn(kind, chain.net.ledger.head(address as Address))
      const now = shownNow(chain, address, kind)
      if (now?.confirmed !== truth || now.pending !== 0n)
        return `${name} is ${now?.confirmed} + ${now?.pending}, and ${truth} in the ledger`
    }
    return undefined
  })
  for (const [address, each] of wallet.shown) each.base = amountIn(each.kind, chain.net.ledger.head(address as Address))
  wallet.doings = []
}

/** How one action is made. */
export interface Run {
  readonly name: string
  /** What it does to what is shown when it succeeds. */
  readonly effects: Readonly<Record<string, bigint>>
  readonly act: (signer: TestSigner, options: ActionOptions) => Promise<ActionReceipt>
  /** What the person does when asked to sign. */
  readonly answer: () => Promise<void>
  readonly onAccepted?: () => void
  readonly signal?: AbortSignal
}

/** Runs one action: what it does counts in full between its signature and a bad end. */
export async function run(chain: WalkedChain, wallet: WalkedWallet, how: Run): Promise<void> {
  const { name, act, answer, onAccepted, signal } = how
  const costs = { success: 0n, failure: 0n }
  const doing: Doing = { effects: new Map(Object.entries(how.effects)), costs, signature: undefined, state: 'planned' }
  wallet.doings.push(doing)
  const signer = signerOf(wallet.keypair)
  signer.answer = answer
  const note = (what: string) => chain.note(`${wallet.name} ${name}: ${what}`)
  function onProgress(progress: ActionProgress) {
    note(progress.phase)
    if (progress.phase === 'signing') {
      const { networkFee, rent } = progress.quote
      Object.assign(costs, { success: networkFee + rent, failure: networkFee })
    }
    if (progress.phase === 'sending') Object.assign(doing, { signature: progress.signature, state: 'flying' })
    if (progress.phase === 'confirming') onAccepted?.()
    lookSoon(chain, wallet)
  }
  try {
    await act(signer, { onProgress, signal })
    wallet.ends.push('confirmed')
  } catch (error) {
    const { code, message } = error as LamplightError
    note(`ended: ${message}`)
    wallet.ends.push(code ?? message)
    const flew = doing.state === 'flying'
    doing.state = flew && signal?.aborted ? 'loose' : flew && code === 'action/failed' ? 'failed' : 'void'
    lookSoon(chain, wallet)
  }
}

import { Keypair } from '@solana/web3.js'
import { burnToken, closeTokenAccount, createTokenAccount, transferSol, transferToken } from 'lamplight/actions'
import type { Address } from 'lamplight/core'
import { signerOf } from './stage.js'
import { MOST_BEHIND, until, type WalkedChain } from './walkedChain.js'
import { type Run, run, show, type WalkedWallet } from './walkedWallet.js'

/** Everything a wallet does on a walk. */
export const STEPS = ['transfer', 'burn', 'sol', 'cycle', 'close', 'closed', 'refuse', 'fail', 'give up'] as const

/** One thing that a wallet does, beside others. */
export interface Step {
  readonly op: (typeof STEPS)[number] | 'expire' | 'late'
  /** When it begins, how long the person thinks, and when it is given up, in milliseconds. */
  readonly atMs: number
  readonly thinkMs: number
  readonly giveUpMs: number
}

const pause = (ms: number) => new Promise<void>((resume) => setTimeout(resume, ms))

/** Does the n-th step of a round: amounts are powers of two, so that no sum is right by chance. */
export async function perform(chain: WalkedChain, wallet: WalkedWallet, step: Step, n: number): Promise<void> {
  await pause(step.atMs)
  await DOINGS[step.op]({ chain, wallet, step, n })
}

interface Scene {
  readonly chain: WalkedChain
  readonly wallet: WalkedWallet
  readonly step: Step
  readonly n: number
}

/** Runs an action by a person who thinks first. */
const act = (
  { chain, wallet, step, n }: Scene,
  effects: Run['effects'],
  how: Run['act'],
  more: Omit<Partial<Run>, 'answer'> & { readonly answer?: () => void | Promise<void> } = {},
) =>
  run(chain, wallet, {
    ...more,
    ...{ name: `${step.op} ${n}`, effects, act: how },
    async answer() {
      await pause(step.thinkMs)
      await more.answer?.()
    },
  })

function transfer(scene: Scene, more: Parameters<typeof act>[3] = {}, over = scene.chain.client) {
  const { tokens, friendTokens, friend: to } = scene.wallet
  const { mint } = scene.chain
  const amount = 1n << BigInt(scene.n)
  const send: Run['act'] = (signer, options) => transferToken(over, signer, { mint, to, amount }, options)
  return act(scene, { [tokens]: -amount, [friendTokens]: amount }, send, more)
}

const DOINGS: Readonly<Record<Step['op'], (scene: Scene) => Promise<unknown>>> = {
  transfer,
  burn(scene) {
    const { client, mint } = scene.chain
    const amount = 1n << BigInt(scene.n)
    return act(scene, { [scene.wallet.tokens]: -amount }, (signer, o) => burnToken(client, signer, { mint, amount }, o))
  },
  sol(scene) {
    const { address, friend: to } = scene.wallet
    const lamports = 1_000_000n << BigInt(scene.n)
    return act(scene, { [address]: -lamports, [to]: lamports }, (signer, o) =>
      transferSol(scene.chain.client, signer, { to, lamports }, o),
    )
  },
  refuse: (scene) =>
    transfer(scene, {
      answer() {
        throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
      },
    }),
  'give up': (scene) => {
    const giveUp = new AbortController()
    setTimeout(() => giveUp.abort(), scene.step.giveUpMs)
    return transfer(scene, { signal: giveUp.signal })
  },
  // All that is under way on the chain grows old with it.
  expire: (scene) => {
    const { net, dropping } = scene.chain
    return transfer(scene, { onAccepted: () => void net.warp({ slots: net.ledger.maxAge }) }, dropping)
  },
  // It is signed when it has hardly time left, or none.
  late: (scene) => {
    const { net } = scene.chain
    const slots = net.ledger.maxAge - (scene.step.giveUpMs % 5)
    return transfer(scene, { answer: () => void net.warp({ slots }) })
  },
  async fail(scene) {
    const { net, client } = scene.chain
    const owner = scene.wallet.address
    const mint = newMint(scene)
    // What it burns is gone by the time it was signed.
    const account = net.setTokenBalance({ owner, mint, amount: 9n })
    if (!(await areConfirmed(scene, mint, account))) return
    await act(scene, {}, (signer, o) => burnToken(client, signer, { mint, amount: 9n }, o), {
      answer: () => void net.setTokenBalance({ owner, mint, amount: 0n }),
    })
  },
  async cycle(scene) {
    const { net, client, program } = scene.chain
    const mint = newMint(scene)
    if (!(await areConfirmed(scene, mint))) return
    await act(scene, {}, (signer, o) => createTokenAccount(client, signer, { mint }, o))
    if (net.ledger.head(client.associatedAddress(scene.wallet.address, mint, program))) await closeOwn(scene, mint)
  },
  async close(scene) {
    const { net } = scene.chain
    const mint = newMint(scene)
    const account = net.setTokenBalance({ owner: scene.wallet.address, mint, amount: 0n })
    if (!(await areConfirmed(scene, mint, account))) return
    show(scene.chain, scene.wallet, account, 'lamports', `account ${scene.n}`, net.ledger.head(account)?.lamports)
    await closeOwn(scene, mint)
  },
  closed: sendToClosed,
}

const newMint = ({ chain: { net, program } }: Scene) => net.createMint({ decimals: 0, program })

function closeOwn(scene: Scene, mint: Address) {
  const { net, client, program } = scene.chain
  const { address } = scene.wallet
  const account = client.associatedAddress(address, mint, program)
  const rent = net.ledger.head(account)?.lamports ?? 0n
  return act(scene, { [address]: rent, [account]: -rent }, (signer, o) =>
    closeTokenAccount(client, signer, { account }, o),
  )
}

/** The recipient closes its account while the sender signs. */
async function sendToClosed(scene: Scene) {
  const { net, client } = scene.chain
  const closer = Keypair.generate()
  const to = closer.publicKey.toBase58() as Address
  const mint = newMint(scene)
  net.fund(to, 1_000_000_000n)
  const mine = net.setTokenBalance({ owner: scene.wallet.address, mint, amount: 9n })
  const account = net.setTokenBalance({ owner: to, mint, amount: 0n })
  if (!(await areConfirmed(scene, mint, mine, account, to))) return
  show(scene.chain, scene.wallet, mine, 'tokens', `tokens ${scene.n}`, 9n)
  const answer = () => closeTokenAccount(client, signerOf(closer), { account }).then(ignore, ignore)
  const send: Run['act'] = (signer, o) => transferToken(client, signer, { mint, to, amount: 9n }, o)
  await act(scene, { [mine]: -9n }, send, { answer })
}
/** It may be too old by then; both ends are right. */
const ignore = () => {}

/** Waits until every node has accounts that were just made; false when one was dropped with its fork. */
async function areConfirmed({ chain: { net } }: Scene, ...accounts: readonly Address[]): Promise<boolean> {
  const isGone = () => accounts.some((each) => net.ledger.head(each) === null)
  const isConfirmed = () =>
    accounts.every((each) => net.ledger.accountAt(each, net.ledger.slots.frozen - 1 - MOST_BEHIND) !== null)
  await until(() => (isGone() || isConfirmed() ? undefined : 'a node does not have an account'))
  return !isGone()
}

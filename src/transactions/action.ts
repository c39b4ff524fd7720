import type { Connection, PublicKey, Transaction, TransactionInstruction } from '@solana/web3.js'
import type { Address } from '../base/address.js'
import type { Clock } from '../base/clock.js'
import type { LamplightError } from '../base/errors.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { Delta } from '../client/pending/pendingTransaction.js'
import type { ChainCode } from './chainCode.js'

/**
 * How far an action is. `rejected` is the person's own answer; `expired` and `cancelled` may be tried again with nothing moved;
 * with `unconfirmed` nobody knows whether it went through, and the error says where to look.
 */
export type ActionPhase =
  | 'idle'
  | 'building'
  | 'signing'
  | 'sending'
  | 'confirming'
  | 'confirmed'
  | 'rejected'
  | 'failed'
  | 'expired'
  | 'cancelled'
  | 'unconfirmed'

/** What an action costs and does, as far as can be told before it is signed. */
export interface ActionQuote {
  /** What the network takes, in lamports. */
  readonly networkFee: bigint
  /** What new accounts keep as rent, in lamports; it comes back when they are closed. */
  readonly rent: bigint
  /** What the mint keeps of a transfer, in base units. */
  readonly transferFee: bigint
  /** What arrives, in base units or lamports; `null` where nothing is sent to anybody. */
  readonly received: bigint | null
  /** What a person should look at twice: there is nothing at the recipient's address yet, or no key but a program acts for it. */
  readonly warnings: readonly ('unused' | 'off-curve')[]
}

/** What an action tells while it runs; data lives in its phase. */
export type ActionProgress =
  | { readonly phase: 'building' }
  | { readonly phase: 'signing'; readonly quote: ActionQuote }
  | { readonly phase: 'sending' | 'confirming'; readonly signature: string }
  | { readonly phase: 'confirmed'; readonly signature: string; readonly slot: number }
  | { readonly phase: EndPhase; readonly error: LamplightError }

/** How an action ends that is not confirmed. */
export type EndPhase = Extract<ActionPhase, 'rejected' | 'failed' | 'expired' | 'cancelled' | 'unconfirmed'>

/** A transaction that is on the chain. */
export interface ActionReceipt {
  readonly signature: string
  readonly slot: number
}

/** A wallet, as far as actions need it: what wallet-adapter's `useWallet()` gives. No private key comes near. */
export interface Signer {
  readonly publicKey: PublicKey | null
  readonly signTransaction?: ((transaction: Transaction) => Promise<Transaction>) | undefined
  /** Where the wallet only signs what it sends itself; it needs `connection` too. */
  readonly sendTransaction?: ((transaction: Transaction, connection: Connection) => Promise<string>) | undefined
  readonly connection?: Connection | undefined
}

/** What every action takes beside what it does. */
export interface ActionOptions {
  /** Told of each phase. */
  readonly onProgress?: ((progress: ActionProgress) => void) | undefined
  /** The most compute units it may use. @default the runtime's own limit */
  readonly computeUnitLimit?: number | undefined
  /** What is paid on top for each compute unit, in micro-lamports. @default 0 */
  readonly computeUnitPrice?: number | bigint | undefined
  /**
   * Gives the action up at once, also while the wallet is asked: nothing more is sent, and nothing of it stays pending. It ends with
   * `action/cancelled`; with `action/unconfirmed` where it was sent, or a wallet that sends by itself was asked. Of such a
   * wallet's late answer `onProgress` is told once more.
   */
  readonly signal?: AbortSignal | undefined
  /** @internal */
  readonly clock?: Clock | undefined
}

/** What an action is: its instructions, and what they do to balances. */
export interface ActionPlan {
  readonly instructions: readonly TransactionInstruction[]
  /** What it does when it succeeds, without the network's fee and the rent of new accounts. */
  readonly deltas: readonly Delta[]
  /** Accounts that come to be; the payer pays their rent. */
  readonly creates: readonly Address[]
  readonly transferFee?: bigint
  readonly received?: bigint
  readonly warnings?: ActionQuote['warnings']
}

/** What a plan is made with. */
export interface Planning {
  readonly client: BalanceClient
  readonly chain: ChainCode
  readonly payer: Address
  readonly clock: Clock
}

/** An action before it runs. */
export interface ActionRequest {
  /** What errors call it. */
  readonly name: string
  /** Two requests with the same key at the same time are one. */
  readonly key: string
  plan(planning: Planning): Promise<ActionPlan>
}

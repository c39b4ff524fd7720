import type { Transaction } from '@solana/web3.js'
import type { Address } from '../base/address.js'
import { base64Of } from '../base/bytes.js'
import { countOf } from '../base/check.js'
import { laterError } from '../base/laterErrors.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { exactText } from '../token/amount.js'
import type { AccountRecord } from '../token/balance.js'
import type { ActionOptions, ActionPlan, ActionQuote, Planning } from './action.js'
import { feeOf, latestBlock, simulate } from './answers.js'
import { loadChainCode } from './chainCode.js'
import { failureOf } from './failure.js'
import { freshAccount } from './freshAccount.js'
import { refusal, spendableLamports } from './guards.js'

/** A transaction that is ready to be signed. */
export interface Built {
  readonly transaction: Transaction
  readonly message: string
  readonly blockhash: string
  readonly lastValidBlockHeight: number
  readonly quote: ActionQuote
}

/** The same transaction again would be the one that was already signed: a new block is waited for this often, this far apart. */
const NEW_BLOCK_TRIES = 25
const NEW_BLOCK_MS = 400

/**
 * Makes a plan's transaction, and has a node try it before anybody is asked to sign.
 * @param isKnown Whether this very message was signed before.
 * @throws LamplightError `action/refused`, `action/failed` with the program's reason and logs
 */
export async function build(
  name: string,
  planning: Planning,
  plan: ActionPlan,
  options: ActionOptions,
  isKnown: (message: string) => boolean,
): Promise<Built> {
  const { payer } = planning
  const made = await unsigned(name, planning, plan, options, isKnown)
  const [networkFee, sol] = await Promise.all([feeOf(planning.client, made.message), freshAccount(planning, payer)])
  const leaving = plan.deltas.reduce((sum, { address, lamports }) => (address === payer ? sum - lamports : sum), 0n)
  const cost = networkFee + (leaving > 0n ? leaving : 0n)
  requireSol(name, sol, cost)
  const rent = await tried(name, planning, plan, made.transaction)
  requireSol(name, sol, cost + rent)
  const { transferFee = 0n, received = null, warnings = [] } = plan
  return { ...made, quote: { networkFee, rent, transferFee, received, warnings } }
}

function requireSol(name: string, sol: AccountRecord, needed: bigint): void {
  const spendable = spendableLamports(sol)
  if (needed <= spendable) return
  const why = `it takes ${exactText(needed, 9)} SOL, and ${exactText(spendable, 9)} can be spent`
  throw refusal(name, 'insufficient-sol', why)
}

async function unsigned(
  name: string,
  planning: Planning,
  plan: ActionPlan,
  options: ActionOptions,
  isKnown: (message: string) => boolean,
) {
  const { chain, payer, clock } = planning
  for (let tries = 0; tries < NEW_BLOCK_TRIES; tries++) {
    options.signal?.throwIfAborted()
    const { blockhash, lastValidBlockHeight } = await latestBlock(planning.client)
    const feePayer = new chain.web3.PublicKey(payer)
    const transaction = new chain.web3.Transaction({ feePayer, blockhash, lastValidBlockHeight })
    transaction.add(...computeBudget(planning, options), ...plan.instructions)
    const message = base64Of(transaction.serializeMessage())
    if (!isKnown(message)) return { transaction, message, blockhash, lastValidBlockHeight }
    await new Promise<void>((resume) => clock.schedule(resume, NEW_BLOCK_MS))
  }
  throw refusal(name, 'duplicate', 'the same transaction was signed before, and the chain has made no block since')
}

function computeBudget({ chain }: Pick<Planning, 'chain'>, { computeUnitLimit, computeUnitPrice }: ActionOptions) {
  const { ComputeBudgetProgram } = chain.web3
  const units = countOf('computeUnitLimit', computeUnitLimit, 0, 1, 1_400_000)
  const microLamports =
    typeof computeUnitPrice === 'bigint' ? computeUnitPrice : countOf('computeUnitPrice', computeUnitPrice, 0)
  return [
    ...(units ? [ComputeBudgetProgram.setComputeUnitLimit({ units })] : []),
    ...(microLamports ? [ComputeBudgetProgram.setComputeUnitPrice({ microLamports })] : []),
  ]
}

/**
 * What the network takes for sending SOL with these options, in lamports: so much has to stay for it of all there is.
 * @throws LamplightError as every read, and where the packages that build transactions cannot be loaded
 */
export async function solTransferFee(
  client: BalanceClient,
  payer: Address,
  options: Pick<ActionOptions, 'computeUnitLimit' | 'computeUnitPrice'>,
): Promise<bigint> {
  const [chain, block] = await Promise.all([loadChainCode(), latestBlock(client)])
  const { PublicKey, SystemProgram, Transaction } = chain.web3
  const feePayer = new PublicKey(payer)
  const transaction = new Transaction({ feePayer, ...block })
  const transfer = SystemProgram.transfer({ fromPubkey: feePayer, toPubkey: feePayer, lamports: 1 })
  transaction.add(...computeBudget({ chain }, options), transfer)
  return feeOf(client, base64Of(transaction.serializeMessage()))
}

/** Has a node try the transaction; gives the rent of the accounts that come to be, in lamports. */
async function tried(name: string, { client }: Planning, plan: ActionPlan, transaction: Transaction): Promise<bigint> {
  const bytes = transaction.serialize({ requireAllSignatures: false, verifySignatures: false })
  const { err, logs, lamports } = await simulate(client, base64Of(bytes), plan.creates)
  if (err !== null) throw laterError('action/failed', { action: name, ...failureOf(err, logs), signature: null, logs })
  return lamports.reduce((sum, each) => sum + each, 0n)
}

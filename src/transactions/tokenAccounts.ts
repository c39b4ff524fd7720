import type { PublicKey } from '@solana/web3.js'
import { type Address, type AddressInput, address, addressOfProgram, NATIVE_MINT } from '../base/address.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { ActionOptions, ActionPlan, ActionReceipt, Planning, Signer } from './action.js'
import { freshAccount, freshMint } from './freshAccount.js'
import { type ActionAmount, baseUnitsOf, ownTokenAccount, refusal, requireSpendable } from './guards.js'
import { checkMemo, memoInstruction } from './memo.js'
import { runAction } from './runAction.js'
import { tokenUnitsOf } from './tokenUnits.js'

/** What is burned. */
export interface BurnTokenInput {
  readonly mint: AddressInput
  /** Base units, or the amount as text. */
  readonly amount: ActionAmount
  /** Written into the transaction for everybody to read, as a vote is; at most 512 bytes of UTF-8. */
  readonly memo?: string | undefined
}
/** The token account that is made. */
export interface CreateTokenAccountInput {
  readonly mint: AddressInput
  /** Whose account it will be; the signer pays. @default the signer */
  readonly owner?: AddressInput | undefined
}
/** The token account that is closed. */
export interface CloseTokenAccountInput {
  /** A token account of the signer, or one that the signer may close. Its rent comes back to the signer. */
  readonly account: AddressInput
}
/** SOL to be wrapped. */
export interface WrapSolInput {
  /** Lamports, or SOL as text. */
  readonly lamports: ActionAmount
}

const SOL = { decimals: 9, display: null }

/**
 * Burns tokens of the signer's associated account, with a memo where one is given.
 * @throws LamplightError as `transferToken`
 * @example
 * await burnToken(client, useWallet(), { mint, amount: '10', memo: 'vote: yes' })
 */
export function burnToken(
  client: BalanceClient,
  signer: Signer,
  { mint, amount, memo }: BurnTokenInput,
  options: ActionOptions = {},
): Promise<ActionReceipt> {
  const plan = (planning: Planning) => burnPlan(planning, address(mint, 'mint'), amount, memo)
  return runAction(
    client,
    signer,
    { name: 'burn', key: ['burn', mint, amount, memo].map(String).join(), plan },
    options,
  )
}

/**
 * Makes an associated token account; one that is there already stays as it is.
 * @throws LamplightError as `transferToken`
 * @example
 * await createTokenAccount(client, useWallet(), { mint })
 */
export function createTokenAccount(
  client: BalanceClient,
  signer: Signer,
  { mint, owner }: CreateTokenAccountInput,
  options: ActionOptions = {},
): Promise<ActionReceipt> {
  const plan = (planning: Planning) =>
    createPlan(planning, address(mint, 'mint'), owner === undefined ? planning.payer : address(owner, 'owner'))
  return runAction(client, signer, { name: 'account creation', key: `create,${mint},${owner}`, plan }, options)
}

/**
 * Closes an empty token account; its rent comes back. Wrapped SOL comes back with it, as SOL.
 * @throws LamplightError as `transferToken`
 * @example
 * await closeTokenAccount(client, useWallet(), { account: client.associatedAddress(owner, mint, 'token') })
 */
export function closeTokenAccount(
  client: BalanceClient,
  signer: Signer,
  { account }: CloseTokenAccountInput,
  options: ActionOptions = {},
): Promise<ActionReceipt> {
  const plan = (planning: Planning) => closePlan(planning, 'account closing', address(account, 'account'))
  return runAction(client, signer, { name: 'account closing', key: `close,${account}`, plan }, options)
}

/**
 * Turns SOL into wrapped SOL in the signer's associated account, which is made where it is missing.
 * @throws LamplightError as `transferToken`
 * @example
 * await wrapSol(client, useWallet(), { lamports: '0.5' })
 */
export function wrapSol(
  client: BalanceClient,
  signer: Signer,
  { lamports }: WrapSolInput,
  options: ActionOptions = {},
): Promise<ActionReceipt> {
  const plan = (planning: Planning) => wrapPlan(planning, lamports)
  return runAction(client, signer, { name: 'wrapping', key: `wrap,${lamports}`, plan }, options)
}

/**
 * Turns all wrapped SOL of the signer's associated account into SOL, and closes the account.
 * @throws LamplightError as `transferToken`
 * @example
 * await unwrapSol(client, useWallet())
 */
export function unwrapSol(client: BalanceClient, signer: Signer, options: ActionOptions = {}): Promise<ActionReceipt> {
  const plan = (planning: Planning) =>
    closePlan(planning, 'unwrapping', client.associatedAddress(planning.payer, NATIVE_MINT, 'token'))
  return runAction(client, signer, { name: 'unwrapping', key: 'unwrap', plan }, options)
}

const keysOf = ({ chain }: Planning, ...all: readonly (Address | string)[]) =>
  all.map((each) => new chain.web3.PublicKey(each)) as [PublicKey, PublicKey, PublicKey, PublicKey]

async function burnPlan(
  planning: Planning,
  mintAddress: Address,
  input: ActionAmount,
  memo: string | undefined,
): Promise<ActionPlan> {
  const { client, payer, chain } = planning
  checkMemo(memo)
  const mint = await freshMint(planning, mintAddress)
  const amount = await tokenUnitsOf(planning, 'amount', input, mint)
  const account = client.associatedAddress(payer, mint.address, mint.program)
  if (mint.address === NATIVE_MINT)
    throw refusal('burn', 'non-transferable', 'wrapped SOL cannot be burned, only unwrapped')
  requireSpendable('burn', await freshAccount(planning, account), mint, payer, amount)
  const [from, mintKey, owner, program] = keysOf(planning, account, mintAddress, payer, addressOfProgram(mint.program))
  const burn = chain.spl.createBurnCheckedInstruction(from, mintKey, owner, amount, mint.decimals, [], program)
  return {
    instructions: memo === undefined ? [burn] : [burn, await memoInstruction(planning, memo)],
    deltas: [{ address: account, lamports: 0n, tokens: -amount }],
    creates: [],
  }
}

async function createPlan(planning: Planning, mintAddress: Address, ownerAddress: Address): Promise<ActionPlan> {
  const { client, payer, chain } = planning
  const mint = await freshMint(planning, mintAddress)
  const account = client.associatedAddress(ownerAddress, mintAddress, mint.program)
  const { exists } = await freshAccount(planning, account)
  const [key, owner, mintKey, program] = keysOf(
    planning,
    account,
    ownerAddress,
    mintAddress,
    addressOfProgram(mint.program),
  )
  const [payerKey] = keysOf(planning, payer)
  const { createAssociatedTokenAccountIdempotentInstruction } = chain.spl
  return {
    instructions: [createAssociatedTokenAccountIdempotentInstruction(payerKey, key, owner, mintKey, program)],
    deltas: [{ address: account, lamports: 0n, tokens: 0n }],
    creates: exists ? [] : [account],
  }
}

async function closePlan(planning: Planning, name: string, account: Address): Promise<ActionPlan> {
  const { payer, chain } = planning
  const record = await freshAccount(planning, account)
  const closer = record.token?.closeAuthority ?? record.token?.owner ?? payer
  const token = ownTokenAccount(name, record, closer === payer ? (record.token?.owner ?? payer) : payer)
  if (!token.native && token.amount > 0n)
    throw refusal(name, 'not-empty', `the token account ${account} still holds tokens`)
  if (token.withheld > 0n) throw refusal(name, 'not-empty', `the token account ${account} still holds withheld fees`)
  if (token.native && token.frozen) throw refusal(name, 'frozen', `the token account ${account} is frozen`)
  const [key, owner, program] = keysOf(planning, account, payer, addressOfProgram(token.program))
  return {
    instructions: [chain.spl.createCloseAccountInstruction(key, owner, owner, [], program)],
    deltas: [
      { address: account, lamports: -record.lamports, tokens: -token.amount },
      { address: payer, lamports: record.lamports, tokens: 0n },
    ],
    creates: [],
  }
}

async function wrapPlan(planning: Planning, input: ActionAmount): Promise<ActionPlan> {
  const { client, payer, chain } = planning
  const { spl, web3 } = chain
  const amount = baseUnitsOf('lamports', input, SOL, 0)
  const account = client.associatedAddress(payer, NATIVE_MINT, 'token')
  const record = await freshAccount(planning, account)
  if (record.exists) ownTokenAccount('wrapping', record, payer)
  const [key, owner, mintKey] = keysOf(planning, account, payer, NATIVE_MINT)
  return {
    instructions: [
      spl.createAssociatedTokenAccountIdempotentInstruction(owner, key, owner, mintKey),
      web3.SystemProgram.transfer({ fromPubkey: owner, toPubkey: key, lamports: amount }),
      spl.createSyncNativeInstruction(key),
    ],
    deltas: [
      { address: payer, lamports: -amount, tokens: 0n },
      { address: account, lamports: amount, tokens: amount },
    ],
    creates: record.exists ? [] : [account],
    received: amount,
  }
}

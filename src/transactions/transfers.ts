import type { TransactionInstruction } from '@solana/web3.js'
import { type Address, type AddressInput, address, addressOfProgram } from '../base/address.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { AccountRecord } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import type { ActionOptions, ActionPlan, ActionReceipt, Planning, Signer } from './action.js'
import { chainPosition } from './answers.js'
import { freshAccount, freshMint } from './freshAccount.js'
import { type ActionAmount, baseUnitsOf, refusal, requireRecipient, requireSpendable } from './guards.js'
import { runAction } from './runAction.js'
import { tokenUnitsOf } from './tokenUnits.js'
import { addHookAccounts } from './transferHook.js'

/** A transfer of tokens. */
export interface TransferTokenInput {
  readonly mint: AddressInput
  /** A wallet; its associated account gets the tokens. Mints, programs, sysvars and the sender are refused. */
  readonly to: AddressInput
  /** Base units, or the amount as text. With a transfer fee this much leaves, and the fee less arrives. */
  readonly amount: ActionAmount
  /** Makes the recipient's account where it is missing, at the sender's cost. @default false */
  readonly createRecipientAccount?: boolean | undefined
  /** Takes `to` for a token account, whoever owns it. @default false */
  readonly allowTokenAccount?: boolean | undefined
  /** Takes an address that only a program acts for: owned by another program than System, or off the curve and never used. @default false */
  readonly allowProgramRecipient?: boolean | undefined
}
/** A transfer of SOL. */
export interface TransferSolInput {
  /** A wallet. Mints, token accounts, programs, sysvars, stake accounts and the sender are refused. */
  readonly to: AddressInput
  /** Lamports, or SOL as text. */
  readonly lamports: ActionAmount
  /** As of a transfer of tokens. @default false */
  readonly allowProgramRecipient?: boolean | undefined
}

const SOL = { decimals: 9, display: null }
const TRANSFER = 'transfer'

/**
 * Sends tokens out of the signer's associated account, under either token program. Everything is checked against what the
 * chain said within the last 5 s before the wallet opens; the same call made twice at once is one transfer.
 * @throws LamplightError `input/…`, `action/refused` before signing, `wallet/rejected`, `wallet/failed`, `action/failed`,
 * `action/expired`
 * @example
 * const wallet = useWallet()
 * const { signature, slot } = await transferToken(client, wallet, { mint, to: owner, amount: '1.5' })
 */
export function transferToken(
  client: BalanceClient,
  signer: Signer,
  input: TransferTokenInput,
  options: ActionOptions = {},
): Promise<ActionReceipt> {
  const { amount, createRecipientAccount = false, allowTokenAccount = false, allowProgramRecipient = false } = input
  const allowed = { createRecipientAccount, allowTokenAccount, allowProgramRecipient }
  const [mint, to] = [() => address(input.mint, 'mint'), () => address(input.to, 'to')]
  const plan = async (planning: Planning) => tokenTransferPlan(planning, { mint: mint(), to: to(), amount, ...allowed })
  const key = [TRANSFER, input.mint, input.to, amount, ...Object.values(allowed)].map(String).join()
  return runAction(client, signer, { name: TRANSFER, key, plan }, options)
}

/**
 * Sends SOL. Checked as `transferToken`.
 * @throws LamplightError as `transferToken`
 * @example
 * await transferSol(client, useWallet(), { to: owner, lamports: '0.25' })
 */
export function transferSol(
  client: BalanceClient,
  signer: Signer,
  { to, lamports, allowProgramRecipient = false }: TransferSolInput,
  options: ActionOptions = {},
): Promise<ActionReceipt> {
  const plan = (planning: Planning) => solTransferPlan(planning, { to, lamports, allowProgramRecipient })
  return runAction(
    client,
    signer,
    { name: TRANSFER, key: [TRANSFER, to, lamports, allowProgramRecipient].map(String).join(), plan },
    options,
  )
}

async function solTransferPlan(planning: Planning, transfer: Checked<TransferSolInput>): Promise<ActionPlan> {
  const { payer, chain } = planning
  const recipient = address(transfer.to, 'to')
  const amount = baseUnitsOf('lamports', transfer.lamports, SOL, 0)
  const account = await freshAccount(planning, recipient)
  const warnings = requireRecipient(TRANSFER, account, payer, transfer.allowProgramRecipient)
  const { PublicKey, SystemProgram } = chain.web3
  const [fromPubkey, toPubkey] = [new PublicKey(payer), new PublicKey(recipient)]
  return {
    instructions: [SystemProgram.transfer({ fromPubkey, toPubkey, lamports: amount })],
    deltas: [
      { address: payer, lamports: -amount, tokens: 0n },
      { address: recipient, lamports: amount, tokens: 0n },
    ],
    creates: [],
    received: amount,
    warnings,
  }
}

type Checked<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> }
type TokenTransfer = Checked<TransferTokenInput> & { readonly mint: Address; readonly to: Address }

async function tokenTransferPlan(planning: Planning, transfer: TokenTransfer): Promise<ActionPlan> {
  const { payer, client } = planning
  const [mint, to] = await Promise.all([freshMint(planning, transfer.mint), freshAccount(planning, transfer.to)])
  const amount = await tokenUnitsOf(planning, 'amount', transfer.amount, mint)
  if (mint.nonTransferable)
    throw refusal(TRANSFER, 'non-transferable', `tokens of ${mint.address} cannot be transferred`)
  const source = client.associatedAddress(payer, mint.address, mint.program)
  const [from, target] = await Promise.all([freshAccount(planning, source), targetOf(planning, transfer, mint, to)])
  requireSpendable(TRANSFER, from, mint, payer, amount)
  const fee = await transferFeeOf(planning, mint, amount)
  const { account, isMissing, warnings } = target
  if (account === source) throw refusal(TRANSFER, 'invalid-recipient', `${account} is the sender's own account`)
  return {
    instructions: await moveInstructions(planning, {
      source,
      account,
      isMissing,
      owner: transfer.to,
      mint,
      amount,
      fee,
    }),
    deltas: [
      { address: source, lamports: 0n, tokens: -amount },
      { address: account, lamports: 0n, tokens: amount - fee },
    ],
    creates: isMissing ? [account] : [],
    transferFee: fee,
    received: amount - fee,
    warnings,
  }
}

interface Move {
  readonly source: Address
  readonly account: Address
  readonly isMissing: boolean
  readonly owner: Address
  readonly mint: Mint
  readonly amount: bigint
  readonly fee: bigint
}

/** The checked transfer; for a mint with fees the one that names the fee, so that it cannot be another than was told. */
async function moveInstructions(planning: Planning, move: Move): Promise<readonly TransactionInstruction[]> {
  const { payer, chain } = planning
  const { spl, web3 } = chain
  const { mint, amount, fee } = move
  const key = (each: Address) => new web3.PublicKey(each)
  const program = key(addressOfProgram(mint.program))
  const [source, mintKey, target, sender] = [key(move.source), key(mint.address), key(move.account), key(payer)]
  const withFee = spl.createTransferCheckedWithFeeInstruction
  const transfer =
    mint.transferFee === null
      ? spl.createTransferCheckedInstruction(source, mintKey, target, sender, amount, mint.decimals, [], program)
      : withFee(source, mintKey, target, sender, amount, mint.decimals, fee, [], program)
  await addHookAccounts(planning, transfer, mint, { source, mint: mintKey, target, sender, amount })
  if (!move.isMissing) return [transfer]
  const create = spl.createAssociatedTokenAccountIdempotentInstruction
  return [create(sender, target, key(move.owner), mintKey, program), transfer]
}

/** Where the tokens go: the recipient's own account, which may be missing, or the token account that was named. */
async function targetOf(planning: Planning, transfer: TokenTransfer, mint: Mint, to: AccountRecord) {
  if (transfer.allowTokenAccount && to.token) return { account: received(to, mint), isMissing: false, warnings: [] }
  const warnings = requireRecipient(TRANSFER, to, planning.payer, transfer.allowProgramRecipient)
  const account = planning.client.associatedAddress(transfer.to, mint.address, mint.program)
  const record = await freshAccount(planning, account)
  if (record.token && record.token.owner !== transfer.to)
    throw refusal(TRANSFER, 'invalid-recipient', `the token account ${account} was given to ${record.token.owner}`)
  if (record.exists) return { account: received(record, mint), isMissing: false, warnings }
  if (!transfer.createRecipientAccount)
    throw refusal(
      TRANSFER,
      'no-account',
      `${transfer.to} has no account for ${mint.address}; ask for createRecipientAccount`,
    )
  if (mint.defaultFrozen)
    throw refusal(TRANSFER, 'frozen', `a new account for ${mint.address} is frozen until somebody thaws it`)
  return { account, isMissing: true, warnings }
}

function received({ address, token }: AccountRecord, mint: Mint): Address {
  if (token?.mint !== mint.address)
    throw refusal(TRANSFER, 'invalid-recipient', `${address} is not for ${mint.address}`)
  if (token.frozen) throw refusal(TRANSFER, 'frozen', `the token account ${address} is frozen`)
  return address
}

/** What the mint keeps, as the program counts it: rounded up, and never above its maximum. */
async function transferFeeOf({ client }: Planning, { transferFee }: Mint, amount: bigint): Promise<bigint> {
  if (!transferFee) return 0n
  const { older, newer } = transferFee
  const { epoch } = await chainPosition(client)
  const { basisPoints, maximum } = BigInt(epoch) >= newer.epoch ? newer : older
  const fee = (amount * BigInt(basisPoints) + 9999n) / 10_000n
  return fee < maximum ? fee : maximum
}

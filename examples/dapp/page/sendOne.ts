import {
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token'
import type { WalletContextState } from '@solana/wallet-adapter-react'
import { type Connection, PublicKey, Transaction } from '@solana/web3.js'
import type { BotToken } from '../bot.js'
import { confirmed } from '../confirmed.js'

/** Sends one token from the connected wallet, signed by it, and gives the slot it was confirmed in. */
export async function sendOne(
  connection: Connection,
  { publicKey, sendTransaction }: Pick<WalletContextState, 'publicKey' | 'sendTransaction'>,
  token: BotToken,
  to: string,
): Promise<number> {
  if (!publicKey) throw new Error('no wallet is connected')
  const mint = new PublicKey(token.mint)
  const program = token.program === 'token' ? TOKEN_PROGRAM_ID : TOKEN_2022_PROGRAM_ID
  const accountOf = (owner: PublicKey) => getAssociatedTokenAddressSync(mint, owner, true, program)
  const transaction = new Transaction().add(
    createTransferCheckedInstruction(
      accountOf(publicKey),
      mint,
      accountOf(new PublicKey(to)),
      publicKey,
      10n ** BigInt(token.decimals),
      token.decimals,
      [],
      program,
    ),
  )
  return confirmed(connection, await sendTransaction(transaction, connection))
}

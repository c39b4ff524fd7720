import { Keypair, type Transaction } from '@solana/web3.js'
import { QueryClient } from '@tanstack/query-core'
import type { ActionProgress, Signer } from 'lamplight/actions'
import { type Address, type BalanceClient, createBalanceClient, solBalanceOf, tokenBalanceOf } from 'lamplight/core'
import type { Localnet, LocalnetOptions } from 'lamplight-localnet'
import { onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { localnet } from '../support/localnet.js'

/** A wallet with a real key; `answer` may refuse, delay or change what is signed. */
export interface TestSigner extends Signer {
  readonly address: Address
  /** Transactions it was asked to sign. */
  asked: number
  answer: (transaction: Transaction) => void | Promise<void>
}

/** A wallet that says yes. */
export function signerOf(keypair = Keypair.generate()): TestSigner {
  const signer: TestSigner = {
    address: keypair.publicKey.toBase58() as Address,
    publicKey: keypair.publicKey,
    asked: 0,
    answer: () => {},
    async signTransaction(transaction) {
      signer.asked++
      await signer.answer(transaction)
      transaction.partialSign(keypair)
      return transaction
    },
  }
  return signer
}

/** A chain, a client that follows it, a funded wallet and what is shown of it. */
export interface Stage {
  readonly net: Localnet
  readonly client: BalanceClient
  readonly signer: TestSigner
  /** Every phase so far. */
  phases(): string[]
  readonly seen: ActionProgress[]
  readonly options: { onProgress(progress: ActionProgress): void }
}

/** Opens a stage. */
export async function stage(
  options: LocalnetOptions = {},
  { isLive = true, lamports = 10_000_000_000n }: { isLive?: boolean; lamports?: bigint } = {},
): Promise<Stage> {
  const net = await localnet(options)
  const queryClient = new QueryClient()
  const client = createBalanceClient({
    queryClient,
    rpcUrl: net.rpcUrl,
    url: isLive ? net.wsUrl : false,
    webSocket: WebSocket as never,
  })
  const close = client.open()
  onTestFinished(() => {
    close()
    queryClient.clear()
  })
  const signer = signerOf()
  if (lamports > 0n) net.fund(signer.address, lamports)
  const seen: ActionProgress[] = []
  return {
    ...{ net, client, signer, seen },
    phases: () => seen.map(({ phase }) => phase),
    options: { onProgress: (progress) => void seen.push(progress) },
  }
}

/** What the cache shows of an account: confirmed, pending, and their sum. */
export function shownOf(client: BalanceClient, address: string, mint?: Parameters<typeof tokenBalanceOf>[1]) {
  const { queryClient, cluster, commitment } = client
  const record = queryClient.getQueryData<never>(['lamplight', cluster, commitment, 'account', address])
  if (!record) return undefined
  if (!mint) {
    const { lamports, pending } = solBalanceOf(record)
    return { amount: lamports, pending, sum: lamports + pending }
  }
  const { token } = record as { token: { owner: Address } | null }
  const { amount, pending } = tokenBalanceOf(token?.owner ?? ('' as Address), mint, record, 0)
  return { amount, pending, sum: amount + pending }
}

/** Waits until a check passes. */
export const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8000, interval: 20 })

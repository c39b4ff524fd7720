import type { Address } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import { balanceKeys } from '../../cache/queries.js'
import { newestWallet, requestsOfWallet, TOKEN_PROGRAMS, type WalletRecord } from '../../cache/walletRecord.js'
import type { Commitment, SubscriptionRequest } from '../../token/account.js'
import type { AccountClient } from './accountClient.js'

/**
 * Reads all token accounts of a wallet, one request for each program, into their own entries of the cache. When one of the
 * two fails the wallet's entry says so; it throws when both do.
 */
export async function readWallet(client: AccountClient, owner: Address, commitment: Commitment): Promise<WalletRecord> {
  const requests = requestsOfWallet({ address: owner, commitment })
  const answers = await Promise.allSettled(requests.map((request) => readTokens(client, request)))
  let record: WalletRecord = { kind: 'wallet', address: owner, commitment, listings: {}, failures: {} }
  let isAnswered = false
  for (const [i, program] of TOKEN_PROGRAMS.entries()) {
    const answer = answers[i] as PromiseSettledResult<WalletRecord>
    isAnswered ||= answer.status === 'fulfilled'
    const found =
      answer.status === 'fulfilled'
        ? { listings: { ...record.listings, [program]: answer.value.listings[program] } }
        : { failures: { ...record.failures, [program]: answer.reason as LamplightError } }
    record = { ...record, ...found }
  }
  if (!isAnswered) throw (answers[0] as PromiseRejectedResult).reason
  return newestWallet(client.queryClient.getQueryData<WalletRecord>(keyOfWallet(client, record)), record)
}

const keyOfWallet = (
  { cluster }: AccountClient,
  { commitment, address }: Pick<SubscriptionRequest, 'commitment' | 'address'>,
) => balanceKeys.wallet(cluster, commitment, address)

async function readTokens(client: AccountClient, request: SubscriptionRequest): Promise<WalletRecord> {
  const wasLive = client.isLive(request)
  await client.settled()
  // Listed after its acknowledgement while this read was waiting: nothing could be newer.
  const held =
    !wasLive && client.isLive(request) && client.queryClient.getQueryData<WalletRecord>(keyOfWallet(client, request))
  return held || (await client.ask(({ list }) => list(request))).wallet
}

import { decodeBase58 } from '../../../src/base/base58.js'
import { fromBase64 } from '../ledger/accountEncoding.js'
import { faultText } from '../ledger/engine.js'
import { decodeMessage } from '../ledger/transaction.js'
import type { Method } from './accountMethods.js'
import { addressParam, invalidParams, numberParam, rpcError, textParam } from './jsonRpc.js'
import type { View } from './view.js'

const SLOTS_PER_EPOCH = 432_000
/** Slots behind at which a node calls itself unhealthy. */
const UNHEALTHY_SLOTS = 128

const blockhashAt = (view: View, slot: number) => {
  const { blockhash, height } = view.ledger.slots.at(slot)
  return { blockhash, lastValidBlockHeight: height + view.ledger.maxAge }
}

const getEpochInfo: Method = ([config], view) => {
  const absoluteSlot = view.slotOf(config)
  return {
    absoluteSlot,
    blockHeight: view.ledger.slots.at(absoluteSlot).height,
    epoch: Math.floor(absoluteSlot / SLOTS_PER_EPOCH),
    slotIndex: absoluteSlot % SLOTS_PER_EPOCH,
    slotsInEpoch: SLOTS_PER_EPOCH,
    transactionCount: view.ledger.transactions.count,
  }
}

const getFeeForMessage: Method = ([message, config], view) => {
  const slot = view.slotOf(config)
  let decoded: ReturnType<typeof decodeMessage>
  try {
    decoded = decodeMessage(fromBase64(textParam(message)))
  } catch (cause) {
    throw invalidParams(`failed to deserialize solana_message::versions::VersionedMessage: ${(cause as Error).message}`)
  }
  const { height } = view.ledger.slots.at(slot)
  const known = view.ledger.slots.blockhashSlot(decoded.blockhash, height) !== undefined
  return view.at(slot, known ? decoded.fee : null)
}

const getRecentPerformanceSamples: Method = ([limit], view) => {
  const { slots, slotMs } = view.ledger
  const numSlots = Math.max(1, Math.round(60_000 / slotMs))
  const most = Math.min(numberParam(limit, 720), 720)
  const samples: object[] = []
  for (let slot = view.heads.finalized; slot > slots.first && samples.length < most; slot -= numSlots) {
    let numTransactions = 0
    for (let s = Math.max(slots.first, slot - numSlots + 1); s <= slot; s++)
      numTransactions += slots.get(s)?.signatures.length ?? 0
    samples.push({ numNonVoteTransactions: numTransactions, numSlots, numTransactions, samplePeriodSecs: 60, slot })
  }
  return samples
}

const requestAirdrop: Method = ([key, lamports], view) => {
  const outcome = view.ledger.airdrop(addressParam(key), BigInt(numberParam(lamports)))
  if (!outcome.landed || outcome.fault !== null)
    throw rpcError(-32603, `airdrop failed: ${faultText(outcome.fault ?? 'AccountNotFound')}`)
  return outcome.landed.signature
}

const getHealth: Method = (_, view) => {
  if (view.behind > UNHEALTHY_SLOTS)
    throw rpcError(-32005, `Node is behind by ${view.behind} slots`, { numSlotsBehind: view.behind })
  return 'ok'
}

/** Made up but for its shape and its slot: nobody votes here. */
const getAgGenesisCert: Method = (_, { ledger }) => {
  if (ledger.consensus === 'tower-bft') return null
  const blockId = [...decodeBase58(ledger.slots.genesisHash)]
  return { block: { blockId, slot: ledger.slots.first }, signature: { bitmap: [1], signature: Array(192).fill(0) } }
}

/** The methods that ask about the chain itself. */
export const chainMethods: Readonly<Record<string, Method>> = {
  getHealth,
  getVersion: (_, view) => ({ 'feature-set': 0, 'solana-core': view.apiVersion }),
  getGenesisHash: (_, view) => view.ledger.slots.genesisHash,
  getAgGenesisCert,
  getIdentity: (_, view) => ({ identity: view.ledger.faucet }),
  getSlot: ([config], view) => view.slotOf(config),
  getBlockHeight: ([config], view) => view.ledger.slots.at(view.slotOf(config)).height,
  getTransactionCount: (_, view) => view.ledger.transactions.count,
  getFirstAvailableBlock: (_, view) => view.ledger.slots.first,
  minimumLedgerSlot: (_, view) => view.ledger.slots.first,
  getEpochInfo,
  getEpochSchedule: () => ({
    firstNormalEpoch: 0,
    firstNormalSlot: 0,
    leaderScheduleSlotOffset: SLOTS_PER_EPOCH,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    warmup: false,
  }),
  getBlockTime: ([slot], view) => view.ledger.slots.get(numberParam(slot))?.unixTime ?? null,
  getLatestBlockhash: ([config], view) => {
    const slot = view.slotOf(config)
    return view.at(slot, blockhashAt(view, slot))
  },
  isBlockhashValid: ([blockhash, config], view) => {
    const slot = view.slotOf(config)
    const { height } = view.ledger.slots.at(slot)
    return view.at(slot, view.ledger.slots.blockhashSlot(textParam(blockhash), height) !== undefined)
  },
  getFeeForMessage,
  requestAirdrop,
  getRecentPrioritizationFees: (_, view) => [{ slot: view.heads.processed, prioritizationFee: 0 }],
  getRecentPerformanceSamples,
  getMinimumBalanceForRentExemption: ([bytes], view) => view.ledger.engine.rentExempt(numberParam(bytes)),
}

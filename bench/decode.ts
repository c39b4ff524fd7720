import { AccountLayout, unpackAccount } from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import { type Address, addressOfBytes, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../src/base/address.js'
import { parseServerMessage } from '../src/socket/wire.js'
import { type AccountAt, accountOf } from '../src/token/account.js'
import { recordOf } from '../src/token/record.js'

/** What the kit promises of one core, in notifications a second. */
const PROMISED = 10_000
const COUNT = 20_000
const ROUNDS = 5

const bytes = (seed: number, length: number) => Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 255)

/** One token account with another amount each time; of Token-2022 with what the associated account program gives it. */
function accountBytes(i: number, is2022: boolean): Uint8Array {
  const data = new Uint8Array(is2022 ? 182 : 165)
  AccountLayout.encode(
    {
      mint: new PublicKey(bytes(i, 32)),
      owner: new PublicKey(bytes(i + 1, 32)),
      amount: BigInt(i) * 1_000_003n,
      delegateOption: 0,
      delegate: PublicKey.default,
      state: 1,
      isNativeOption: 0,
      isNative: 0n,
      delegatedAmount: 0n,
      closeAuthorityOption: 0,
      closeAuthority: PublicKey.default,
    },
    data,
  )
  // The type of the account, then immutableOwner without bytes and transferFeeAmount with eight.
  if (is2022) data.set([2, 7, 0, 0, 0, 2, 0, 8, 0], 165)
  return data
}

function frameOf(i: number, program: Address, data: Uint8Array): string {
  const value = {
    lamports: 2_039_280,
    data: [Buffer.from(data).toString('base64'), 'base64'],
    owner: program,
    executable: false,
    rentEpoch: 0,
    space: data.length,
  }
  return JSON.stringify({
    jsonrpc: '2.0',
    method: 'accountNotification',
    params: { result: { context: { slot: 1000 + i }, value }, subscription: i },
  })
}

/** Notifications per second of processor time, which a busy machine disturbs less than time on the wall. */
function rate(frames: readonly string[], decode: (frame: string) => bigint): number {
  const before = process.cpuUsage()
  let sum = 0n
  for (const frame of frames) sum += decode(frame)
  if (sum === 0n) throw new Error('nothing was decoded')
  const { user, system } = process.cpuUsage(before)
  return frames.length / ((user + system) / 1e6)
}

/** The best of some rounds each, taken in turns so that what disturbs one disturbs the other. */
function ratesOf(frames: readonly string[]) {
  const best = { kit: 0, splToken: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    best.kit = Math.max(best.kit, rate(frames, ours))
    best.splToken = Math.max(best.splToken, rate(frames, theirs))
  }
  return best
}

const address = addressOfBytes(bytes(9, 32))
const key = new PublicKey(address)
const origin = { commitment: 'confirmed', source: 'stream', reason: 'stream', at: { ms: 0, wallMs: 0 } } as const

/** From the frame's text to the record in the cache. */
function ours(frame: string): bigint {
  const message = parseServerMessage(frame)
  const account = message.type === 'notification' ? accountOf(address, message.slot, message.value) : undefined
  return recordOf(account as AccountAt, origin).token?.amount ?? 0n
}

/** The same with web3.js's kind of account and spl-token. */
function theirs(frame: string): bigint {
  const { value } = JSON.parse(frame).params.result
  const owner = new PublicKey(value.owner)
  const info = { ...value, owner, data: Buffer.from(value.data[0], 'base64') }
  return unpackAccount(key, info, owner).amount
}

const comma = (n: number) => Math.round(n).toLocaleString('en')
for (const [name, program] of [
  ['Token', TOKEN_PROGRAM],
  ['Token-2022', TOKEN_2022_PROGRAM],
] as const) {
  const frames = Array.from({ length: COUNT }, (_, i) =>
    frameOf(i, program, accountBytes(i + 1, program === TOKEN_2022_PROGRAM)),
  )
  const { kit, splToken } = ratesOf(frames)
  const ratio = (kit / splToken).toFixed(2)
  console.log(
    `decode, ${name}: ${comma(kit)} notifications/s a core, from text to record; spl-token's unpackAccount ${comma(splToken)}/s; ratio ${ratio}`,
  )
  if (kit < PROMISED) {
    console.error(`decode, ${name}: below the ${comma(PROMISED)}/s that are promised`)
    process.exitCode = 1
  }
}

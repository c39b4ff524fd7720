import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  AuthorityType,
  createApproveCheckedInstruction,
  createApproveInstruction,
  createAssociatedTokenAccountIdempotentInstruction,
  createAssociatedTokenAccountInstruction,
  createBurnCheckedInstruction,
  createBurnInstruction,
  createCloseAccountInstruction,
  createFreezeAccountInstruction,
  createInitializeMint2Instruction,
  createMintToCheckedInstruction,
  createMintToInstruction,
  createRevokeInstruction,
  createSetAuthorityInstruction,
  createSyncNativeInstruction,
  createThawAccountInstruction,
  createTransferCheckedInstruction,
  createTransferInstruction,
  getAssociatedTokenAddressSync,
  NATIVE_MINT,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token'
import { Keypair, type PublicKey, SystemProgram, Transaction, type TransactionInstruction } from '@solana/web3.js'
import bs58 from 'bs58'
import { expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../../localnet/src/ledger/ledger.js'
import { createMemoryEngine } from '../../../localnet/src/memory/memoryEngine.js'
import { createCheats } from '../../../localnet/src/node/cheats.js'
import { loadSvm } from '../../../localnet/src/server/svmEngine.js'
import type { Address } from '../../../src/base/address.js'

const addressOf = (key: PublicKey) => key.toBase58() as Address

function randomFrom(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    below: (n: number) => Math.floor(next() * n),
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
  }
}

const seeded = (byte: number) => Keypair.fromSeed(new Uint8Array(32).fill(byte))
const wallets = [seeded(1), seeded(2), seeded(3)]
const payer = seeded(9)
const mints = [seeded(21), seeded(22)]
const mintKeys = [...mints.map((mint) => mint.publicKey), NATIVE_MINT]
const accounts = new Map(
  wallets.flatMap(({ publicKey }) =>
    mintKeys.map((mint) => [`${publicKey} ${mint}`, getAssociatedTokenAddressSync(mint, publicKey)] as const),
  ),
)
const accountOf = (wallet: PublicKey, mint: PublicKey) => accounts.get(`${wallet} ${mint}`) as PublicKey
const tracked = [
  ...mints.map((mint) => mint.publicKey),
  ...wallets.flatMap(({ publicKey }) => [publicKey, ...mintKeys.map((mint) => accountOf(publicKey, mint))]),
  payer.publicKey,
].map(addressOf)

interface Operation {
  readonly name: string
  readonly instruction: TransactionInstruction
}

type Random = ReturnType<typeof randomFrom>

/** An authority is mostly given to who has it, and sometimes away or up. */
function randomAuthority({ below, pick }: Random, account: PublicKey, mint: PublicKey, by: PublicKey) {
  const kind = pick([0, 1, 2, 3]) as AuthorityType
  const ofMint = kind === AuthorityType.MintTokens || kind === AuthorityType.FreezeAccount
  const subject = below(8) === 0 ? pick([account, mint]) : ofMint ? mint : account
  const next = below(20) === 0 ? null : kind === AuthorityType.CloseAccount ? pick(wallets).publicKey : by
  return createSetAuthorityInstruction(subject, by, kind, next)
}

/** One random instruction, more often sensible than not, but never by much. */
function randomOperation(random: Random): Operation {
  const { below, pick } = random
  const owner = pick(wallets)
  const signer = below(6) === 0 ? pick(wallets) : owner
  const mint = pick(mintKeys)
  const other = below(9) === 0 ? pick(mintKeys) : mint
  const from = accountOf(owner.publicKey, mint)
  const to = accountOf(pick(wallets).publicKey, other)
  const amount = BigInt(pick([0, 1, 5, 50, 500, 5_000, 4_000_000]))
  const decimals = mint === NATIVE_MINT ? 9 : below(12) === 0 ? 3 : 6
  const authority = below(10) === 0 ? signer : (wallets[0] ?? signer)
  const by = signer.publicKey
  const ata =
    below(2) === 0 ? createAssociatedTokenAccountInstruction : createAssociatedTokenAccountIdempotentInstruction
  const all: readonly (readonly [string, () => TransactionInstruction])[] = [
    ['create account', () => ata(payer.publicKey, from, owner.publicKey, mint)],
    ['create account', () => ata(payer.publicKey, from, owner.publicKey, mint)],
    ['transfer', () => createTransferInstruction(from, to, by, amount)],
    ['transfer', () => createTransferInstruction(from, to, by, amount)],
    ['transferChecked', () => createTransferCheckedInstruction(from, other, to, by, amount, decimals)],
    ['approve', () => createApproveInstruction(from, pick(wallets).publicKey, by, amount)],
    [
      'approveChecked',
      () => createApproveCheckedInstruction(from, other, pick(wallets).publicKey, by, amount, decimals),
    ],
    ['setAuthority', () => randomAuthority(random, from, mint, by)],
    ['revoke', () => createRevokeInstruction(from, by)],
    ['mintTo', () => createMintToInstruction(mint, to, authority.publicKey, amount)],
    ['mintTo', () => createMintToCheckedInstruction(mint, from, authority.publicKey, amount, decimals)],
    ['mintTo', () => createMintToInstruction(mint, from, authority.publicKey, amount)],
    ['burn', () => createBurnInstruction(from, other, by, amount)],
    ['burnChecked', () => createBurnCheckedInstruction(from, mint, by, amount, decimals)],
    ['freeze', () => createFreezeAccountInstruction(from, mint, authority.publicKey)],
    ['thaw', () => createThawAccountInstruction(from, mint, authority.publicKey)],
    ['close', () => createCloseAccountInstruction(from, pick(wallets).publicKey, by)],
    [
      'sol',
      () =>
        SystemProgram.transfer({
          fromPubkey: by,
          toPubkey: pick([from, to, pick(wallets).publicKey]),
          lamports: amount,
        }),
    ],
    ['sync', () => createSyncNativeInstruction(from)],
  ]
  const [name, make] = pick(all)
  const instruction = make()
  if (below(25) === 0) for (const key of instruction.keys) key.isSigner = false
  return { name, instruction }
}

// The platform's own signing is many times faster than that of web3.js.
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const privateKeys = new Map(
  [payer, ...wallets, ...mints].map(({ publicKey, secretKey }) => {
    const key = Buffer.concat([PKCS8_ED25519, secretKey.subarray(0, 32)])
    return [publicKey.toBase58(), createPrivateKey({ key, format: 'der', type: 'pkcs8' })] as const
  }),
)

/** Has each ledger execute the same message, with its own blockhash, and gives the faults. */
function send(ledgers: readonly Ledger[], instructions: readonly TransactionInstruction[]) {
  const { blockhash } = (ledgers[0] as Ledger).slots.building
  const message = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight: 0 })
    .add(...instructions)
    .compileMessage()
  const bytes = message.serialize()
  const hashAt = bytes.indexOf(bs58.decode(blockhash))
  const signers = message.accountKeys.slice(0, message.header.numRequiredSignatures).map((key) => key.toBase58())
  return ledgers.map((ledger) => {
    bytes.set(bs58.decode(ledger.slots.building.blockhash), hashAt)
    const signatures = signers.map((signer) =>
      // Only one of the engines looks at signatures.
      ledger.engine.name === 'svm' ? sign(null, bytes, privateKeys.get(signer) as KeyObject) : randomBytes(64),
    )
    const transaction = ledger.decode(Buffer.concat([Buffer.of(signers.length), ...signatures, bytes]))
    return ledger.execute(transaction).fault
  })
}

async function openPair() {
  const svm = await loadSvm()
  const ledgers = [openLedger(svm(), { automine: true }), openLedger(createMemoryEngine(), { automine: true })] as const
  for (const ledger of ledgers) {
    for (const { publicKey } of [payer, ...wallets])
      ledger.setAccounts([
        [
          addressOf(publicKey),
          {
            lamports: 50_000_000_000n,
            data: new Uint8Array(),
            program: addressOf(SystemProgram.programId),
            executable: false,
          },
        ],
      ])
    for (const mint of mints) {
      const lamports = Number(ledger.engine.rentExempt(82))
      const create = SystemProgram.createAccount({
        fromPubkey: payer.publicKey,
        newAccountPubkey: mint.publicKey,
        lamports,
        space: 82,
        programId: TOKEN_PROGRAM_ID,
      })
      const owner = wallets[0]?.publicKey as PublicKey
      const initialize = createInitializeMint2Instruction(mint.publicKey, 6, owner, mint === mints[0] ? owner : null)
      expect(send([ledger], [create, initialize])).toEqual([null])
    }
  }
  return ledgers
}

const stateOf = (ledger: Ledger) =>
  tracked
    .map((address) => {
      const account = ledger.head(address)
      return account && `${address} ${account.lamports} ${account.program} ${Buffer.from(account.data).toString('hex')}`
    })
    .join('\n')

/** What no transaction can do, done to both. */
function cheat({ below, pick }: Random): (ledger: Ledger) => void {
  const owner = pick(wallets).publicKey
  const mint = pick(mintKeys)
  const account = pick([owner, accountOf(owner, mint)])
  const amount = BigInt(pick([0, 1, 700, 90_000_000]))
  return below(3) === 0
    ? (ledger) => createCheats(ledger).fund(account, amount)
    : (ledger) => void createCheats(ledger).setTokenBalance({ owner, mint, amount })
}

const OPERATIONS = 900
const seeds = [1, 2, 3, 4, 5, 6]

it.each(seeds)(
  `gives the same bytes, lamports and errors on both engines, over ${OPERATIONS} random steps (seed %i)`,
  async (seed) => {
    const [svm, memory] = await openPair()
    const random = randomFrom(seed)
    const seen = new Map<string, number>()
    for (let i = 0; i < OPERATIONS; i++) {
      if (random.below(15) === 0) {
        const change = cheat(random)
        change(svm)
        change(memory)
        expect(stateOf(memory), `step ${i}: a cheat`).toBe(stateOf(svm))
        continue
      }
      const count = random.below(6) === 0 ? 2 + random.below(2) : 1
      const operations = Array.from({ length: count }, () => randomOperation(random))
      const name = operations.map((each) => each.name).join(' + ')
      const instructions = operations.map((each) => each.instruction)
      const faults = send([svm, memory], instructions)
      expect(faults[1], `step ${i}: ${name}`).toEqual(faults[0])
      expect(stateOf(memory), `step ${i}: ${name}`).toBe(stateOf(svm))
      const outcome = `${count > 1 ? 'several' : name} ${JSON.stringify(faults[0])}`
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }
    // Both must have been to the interesting places, not only agreed on a fault they always meet.
    for (const good of ['transfer', 'burn', 'mintTo', 'close', 'approve', 'setAuthority', 'freeze', 'sol', 'several'])
      expect(seen.get(`${good} null`), good).toBeGreaterThan(0)
  },
)

import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
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
  createSyncNativeInstruction,
  createThawAccountInstruction,
  createTransferCheckedInstruction,
  createTransferInstruction,
  getAssociatedTokenAddressSync,
  NATIVE_MINT,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token'
import { Keypair, type PublicKey, SystemProgram, Transaction, type TransactionInstruction } from '@solana/web3.js'
import { expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../src/ledger/ledger.js'
import { loadSvm } from '../../src/localnet/svmEngine.js'
import { createMemoryEngine } from '../../src/memory/memoryEngine.js'
import type { Address } from '../../src/token/address.js'

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

/** One random instruction, more often sensible than not, but never by much. */
function randomOperation({ below, pick }: ReturnType<typeof randomFrom>): Operation {
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
const keypairs = [payer, ...wallets, ...mints]
const privateKeys = new Map(
  keypairs.map((keypair) => {
    const key = Buffer.concat([PKCS8_ED25519, keypair.secretKey.subarray(0, 32)])
    return [keypair, createPrivateKey({ key, format: 'der', type: 'pkcs8' })] as const
  }),
)
const signed = (message: Uint8Array, keypair: Keypair) => sign(null, message, privateKeys.get(keypair) as KeyObject)

function send(ledger: Ledger, instructions: readonly TransactionInstruction[]) {
  const { blockhash } = ledger.slots.building
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight: 0 }).add(
    ...instructions,
  )
  const asked = new Set(
    instructions.flatMap(({ keys }) => keys.filter((key) => key.isSigner).map((key) => key.pubkey.toBase58())),
  )
  const signers = keypairs.filter((keypair) => keypair !== payer && asked.has(keypair.publicKey.toBase58()))
  // Only one of the engines looks at signatures.
  if (ledger.engine.name === 'svm')
    for (const signer of [payer, ...signers])
      transaction.addSignature(signer.publicKey, signed(transaction.serializeMessage(), signer))
  else transaction.addSignature(payer.publicKey, randomBytes(64))
  return ledger.execute(ledger.decode(transaction.serialize({ requireAllSignatures: false, verifySignatures: false })))
    .fault
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
      expect(send(ledger, [create, initialize])).toBeNull()
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

it.each([1, 2, 3, 4])(
  'gives the same bytes and the same errors on both engines, over 500 random operations (seed %i)',
  async (seed) => {
    const [svm, memory] = await openPair()
    const random = randomFrom(seed)
    const seen = new Map<string, number>()
    for (let i = 0; i < 500; i++) {
      const { name, instruction } = randomOperation(random)
      const faults = [send(svm, [instruction]), send(memory, [instruction])]
      expect(faults[1], `operation ${i}: ${name}`).toEqual(faults[0])
      expect(stateOf(memory), `operation ${i}: ${name}`).toBe(stateOf(svm))
      const outcome = `${name} ${JSON.stringify(faults[0])}`
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }
    // Both must have been to the interesting places, not only agreed on a fault they always meet.
    for (const good of ['transfer null', 'burn null', 'mintTo null', 'close null', 'approve null'])
      expect(seen.get(good)).toBeGreaterThan(0)
  },
)

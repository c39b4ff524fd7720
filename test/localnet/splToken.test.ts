import {
  AccountState,
  AuthorityType,
  amountToUiAmount,
  approve,
  burn,
  closeAccount,
  createAccount,
  createAssociatedTokenAccountIdempotent,
  createInitializeMint2Instruction,
  createInitializeScaledUiAmountConfigInstruction,
  createInitializeTransferFeeConfigInstruction,
  createInterestBearingMint,
  createMint,
  createSyncNativeInstruction,
  createTransferCheckedWithFeeInstruction,
  createWrappedNativeAccount,
  ExtensionType,
  freezeAccount,
  getAccount,
  getMint,
  getMintLen,
  getOrCreateAssociatedTokenAccount,
  getTransferFeeAmount,
  getTransferFeeConfig,
  mintTo,
  NATIVE_MINT,
  revoke,
  setAuthority,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
  TokenAccountNotFoundError,
  thawAccount,
  transfer,
  transferChecked,
} from '@solana/spl-token'
import {
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
} from '@solana/web3.js'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let localnet: Localnet
let connection: Connection
const payer = Keypair.generate()
const newKey = () => Keypair.generate().publicKey

beforeAll(async () => {
  localnet = await startLocalnet({ automine: true, engine: 'svm' })
  connection = new Connection(localnet.rpcUrl, { commitment: 'confirmed', disableRetryOnRateLimit: true })
  localnet.fund(payer.publicKey, 100 * LAMPORTS_PER_SOL)
})
afterAll(() => localnet.stop())

describe.each([
  ['Token', TOKEN_PROGRAM_ID],
  ['Token-2022', TOKEN_2022_PROGRAM_ID],
])('spl-token with %s', (_, program) => {
  let mint: PublicKey
  let source: PublicKey

  const amountOf = async (address: PublicKey) => (await getAccount(connection, address, 'confirmed', program)).amount
  const accountFor = async (owner: PublicKey) =>
    (await getOrCreateAssociatedTokenAccount(connection, payer, mint, owner, true, 'confirmed', undefined, program))
      .address

  beforeAll(async () => {
    mint = await createMint(
      connection,
      payer,
      payer.publicKey,
      payer.publicKey,
      6,
      Keypair.generate(),
      undefined,
      program,
    )
    source = await accountFor(payer.publicKey)
    await mintTo(connection, payer, mint, source, payer, 1_000_000n, [], undefined, program)
  })

  it('reads the mint it made', async () => {
    expect(await getMint(connection, mint, 'confirmed', program)).toMatchObject({
      decimals: 6,
      supply: 1_000_000n,
      isInitialized: true,
    })
  })

  it('mints, and the supply grows', async () => {
    const { supply } = await getMint(connection, mint, 'confirmed', program)
    const to = await accountFor(newKey())
    await mintTo(connection, payer, mint, to, payer, 50n, [], undefined, program)
    expect(await amountOf(to)).toBe(50n)
    expect((await getMint(connection, mint, 'confirmed', program)).supply).toBe(supply + 50n)
  })

  it('transfers', async () => {
    const to = await accountFor(newKey())
    await transfer(connection, payer, source, to, payer, 30n, [], undefined, program)
    expect(await amountOf(to)).toBe(30n)
  })

  it('cannot transfer more than there is', async () => {
    const to = await accountFor(newKey())
    await expect(transfer(connection, payer, source, to, payer, 10n ** 12n, [], undefined, program)).rejects.toThrow(
      '0x1',
    )
  })

  it('checks the decimals it is told', async () => {
    const to = await accountFor(newKey())
    await transferChecked(connection, payer, source, mint, to, payer, 7n, 6, [], undefined, program)
    expect(await amountOf(to)).toBe(7n)
    await expect(
      transferChecked(connection, payer, source, mint, to, payer, 7n, 5, [], undefined, program),
    ).rejects.toThrow('0x12')
  })

  it('burns, and the supply shrinks', async () => {
    const { supply } = await getMint(connection, mint, 'confirmed', program)
    await burn(connection, payer, source, mint, payer, 20n, [], undefined, program)
    expect((await getMint(connection, mint, 'confirmed', program)).supply).toBe(supply - 20n)
  })

  it('freezes and thaws', async () => {
    const owner = Keypair.generate()
    const account = await accountFor(owner.publicKey)
    await freezeAccount(connection, payer, account, mint, payer, [], undefined, program)
    expect((await getAccount(connection, account, 'confirmed', program)).isFrozen).toBe(true)
    await expect(mintTo(connection, payer, mint, account, payer, 1n, [], undefined, program)).rejects.toThrow('0x11')
    await thawAccount(connection, payer, account, mint, payer, [], undefined, program)
    await mintTo(connection, payer, mint, account, payer, 1n, [], undefined, program)
    expect(await amountOf(account)).toBe(1n)
  })

  it('approves a delegate, who spends, and revokes', async () => {
    const delegate = Keypair.generate()
    const to = await accountFor(newKey())
    await approve(connection, payer, source, delegate.publicKey, payer, 10n, [], undefined, program)
    await transfer(connection, payer, source, to, delegate, 4n, [], undefined, program)
    const left = await getAccount(connection, source, 'confirmed', program)
    expect([left.delegate?.toBase58(), left.delegatedAmount]).toEqual([delegate.publicKey.toBase58(), 6n])
    await revoke(connection, payer, source, payer, [], undefined, program)
    await expect(transfer(connection, payer, source, to, delegate, 1n, [], undefined, program)).rejects.toThrow('0x4')
  })

  it('closes an empty account, which is then gone', async () => {
    const owner = Keypair.generate()
    const account = await accountFor(owner.publicKey)
    await closeAccount(connection, payer, account, payer.publicKey, owner, [], undefined, program)
    await expect(getAccount(connection, account, 'confirmed', program)).rejects.toThrow(TokenAccountNotFoundError)
  })

  it('gives the mint away', async () => {
    const own = await createMint(connection, payer, payer.publicKey, null, 0, Keypair.generate(), undefined, program)
    await setAuthority(connection, payer, own, payer, AuthorityType.MintTokens, null, [], undefined, program)
    expect((await getMint(connection, own, 'confirmed', program)).mintAuthority).toBeNull()
  })

  it('makes an account that is not the associated one, and both are listed', async () => {
    const owner = newKey()
    const associated = await createAssociatedTokenAccountIdempotent(connection, payer, mint, owner, undefined, program)
    const other = await createAccount(connection, payer, mint, owner, Keypair.generate(), undefined, program)
    const { value } = await connection.getTokenAccountsByOwner(owner, { mint })
    expect(value.map(({ pubkey }) => pubkey.toBase58()).sort()).toEqual(
      [associated.toBase58(), other.toBase58()].sort(),
    )
  })

  it('lists balances, supply and the largest holders', async () => {
    const own = await createMint(connection, payer, payer.publicKey, null, 2, Keypair.generate(), undefined, program)
    const accounts: PublicKey[] = []
    for (const amount of [100n, 300n, 200n]) {
      const account = await createAccount(connection, payer, own, newKey(), undefined, undefined, program)
      await mintTo(connection, payer, own, account, payer, amount, [], undefined, program)
      accounts.push(account)
    }
    expect((await connection.getTokenAccountBalance(accounts[0] as PublicKey)).value.uiAmountString).toBe('1')
    expect((await connection.getTokenSupply(own)).value).toMatchObject({
      amount: '600',
      decimals: 2,
      uiAmountString: '6',
    })
    const largest = (await connection.getTokenLargestAccounts(own)).value
    expect(largest.map(({ amount }) => amount)).toEqual(['300', '200', '100'])
  })

  it('shows token balances before and after in the transaction', async () => {
    const owner = newKey()
    const to = await accountFor(owner)
    const signature = await transfer(connection, payer, source, to, payer, 9n, [], undefined, program)
    const landed = await connection.getParsedTransaction(signature, {
      commitment: 'confirmed',
      maxSupportedTransactionVersion: 0,
    })
    const ofOwner = (rows: { owner?: string; uiTokenAmount: { amount: string } }[] | null | undefined) =>
      rows?.find((row) => row.owner === owner.toBase58())?.uiTokenAmount.amount
    expect([ofOwner(landed?.meta?.preTokenBalances), ofOwner(landed?.meta?.postTokenBalances)]).toEqual(['0', '9'])
  })
})

describe('spl-token with wrapped SOL', () => {
  it('wraps lamports, and sees more of them after a sync', async () => {
    const owner = Keypair.generate()
    const account = await createWrappedNativeAccount(connection, payer, owner.publicKey, 1_000, undefined)
    expect((await getAccount(connection, account)).amount).toBe(1_000n)
    const more = SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: account, lamports: 500 })
    await sendAndConfirmTransaction(connection, new Transaction().add(more), [payer])
    expect((await getAccount(connection, account)).amount).toBe(1_000n)
    await sendAndConfirmTransaction(connection, new Transaction().add(createSyncNativeInstruction(account)), [payer])
    const synced = await getAccount(connection, account)
    expect([synced.amount, synced.isNative, synced.mint.equals(NATIVE_MINT)]).toEqual([1_500n, true, true])
    await closeAccount(connection, payer, account, owner.publicKey, owner)
    expect(await connection.getBalance(owner.publicKey)).toBe(2_039_280 + 1_500)
  })

  it('has the native mint from the start', async () => {
    expect((await getMint(connection, NATIVE_MINT)).decimals).toBe(9)
  })
})

describe('spl-token with the extensions of Token-2022', () => {
  const program = TOKEN_2022_PROGRAM_ID

  async function createMintWith(
    extension: ExtensionType,
    initialize: (mint: PublicKey) => Transaction['instructions'][number],
  ) {
    const mint = Keypair.generate()
    const space = getMintLen([extension])
    const create = SystemProgram.createAccount({
      fromPubkey: payer.publicKey,
      newAccountPubkey: mint.publicKey,
      space,
      lamports: await connection.getMinimumBalanceForRentExemption(space),
      programId: program,
    })
    const finish = createInitializeMint2Instruction(mint.publicKey, 6, payer.publicKey, null, program)
    await sendAndConfirmTransaction(connection, new Transaction().add(create, initialize(mint.publicKey), finish), [
      payer,
      mint,
    ])
    return mint.publicKey
  }
  const textOf = async (account: PublicKey) => (await connection.getTokenAccountBalance(account)).value.uiAmountString
  /** The program is asked in the slot being built, the node answers from the one before: both in the same second. */
  const alignSeconds = () => {
    const { slots } = localnet.ledger
    while (slots.at(slots.frozen).unixTime !== slots.building.unixTime) localnet.tick()
  }
  const askProgram = (mint: PublicKey, amount: bigint) => amountToUiAmount(connection, payer, mint, amount, program)

  it('withholds the transfer fee', async () => {
    const mint = await createMintWith(ExtensionType.TransferFeeConfig, (key) =>
      createInitializeTransferFeeConfigInstruction(key, payer.publicKey, payer.publicKey, 100, 1_000n, program),
    )
    const from = await createAssociatedTokenAccountIdempotent(
      connection,
      payer,
      mint,
      payer.publicKey,
      undefined,
      program,
    )
    const to = await createAssociatedTokenAccountIdempotent(connection, payer, mint, newKey(), undefined, program)
    await mintTo(connection, payer, mint, from, payer, 10_000n, [], undefined, program)
    const instruction = createTransferCheckedWithFeeInstruction(
      from,
      mint,
      to,
      payer.publicKey,
      5_000n,
      6,
      50n,
      [],
      program,
    )
    await sendAndConfirmTransaction(connection, new Transaction().add(instruction), [payer])
    const received = await getAccount(connection, to, 'confirmed', program)
    expect([received.amount, getTransferFeeAmount(received)?.withheldAmount]).toEqual([4_950n, 50n])
    const parsed = (await connection.getParsedAccountInfo(to)).value?.data
    expect(JSON.stringify(parsed)).toContain('{"extension":"transferFeeAmount","state":{"withheldAmount":50}}')
  })

  it('shows interest growing as time is warped, as the program itself would', async () => {
    const mint = await createInterestBearingMint(
      connection,
      payer,
      payer.publicKey,
      payer.publicKey,
      payer.publicKey,
      1_000,
      6,
      undefined,
      undefined,
      program,
    )
    const account = await createAssociatedTokenAccountIdempotent(
      connection,
      payer,
      mint,
      payer.publicKey,
      undefined,
      program,
    )
    await mintTo(connection, payer, mint, account, payer, 1_000_000_000n, [], undefined, program)
    const before = Number(await textOf(account))
    localnet.warp({ seconds: 365 * 24 * 3_600 })
    expect(Number(await textOf(account)) / before).toBeCloseTo(Math.exp(0.1), 3)
    alignSeconds()
    expect(await textOf(account)).toBe(await askProgram(mint, 1_000_000_000n))
  })

  it('shows the scaled amount, as the program itself would', async () => {
    const mint = await createMintWith(ExtensionType.ScaledUiAmountConfig, (key) =>
      createInitializeScaledUiAmountConfigInstruction(key, payer.publicKey, 2.5, program),
    )
    const account = await createAssociatedTokenAccountIdempotent(
      connection,
      payer,
      mint,
      payer.publicKey,
      undefined,
      program,
    )
    await mintTo(connection, payer, mint, account, payer, 3_000_001n, [], undefined, program)
    expect(await textOf(account)).toBe('7.500002')
    expect(await textOf(account)).toBe(await askProgram(mint, 3_000_001n))
  })

  it('reads what the cheats make of the extensions', async () => {
    const owner = newKey()
    const fee = new PublicKey(localnet.createMint({ decimals: 6, transferFee: { basisPoints: 250, maximum: 77n } }))
    const config = getTransferFeeConfig(await getMint(connection, fee, 'confirmed', program))
    expect(config?.newerTransferFee).toEqual({ epoch: 0n, maximumFee: 77n, transferFeeBasisPoints: 250 })
    const account = new PublicKey(localnet.setTokenBalance({ owner, mint: fee, amount: 9n }))
    const info = await getAccount(connection, account, 'confirmed', program)
    expect([info.amount, getTransferFeeAmount(info)?.withheldAmount]).toEqual([9n, 0n])

    const scaled = new PublicKey(localnet.createMint({ decimals: 2, uiMultiplier: 3 }))
    const held = new PublicKey(localnet.setTokenBalance({ owner, mint: scaled, amount: 150n }))
    expect(await textOf(held)).toBe('4.5')
    expect(await askProgram(scaled, 150n)).toBe('4.5')

    const growing = new PublicKey(localnet.createMint({ decimals: 2, interestBps: -500 }))
    localnet.warp({ seconds: 10_000_000 })
    const grown = new PublicKey(localnet.setTokenBalance({ owner, mint: growing, amount: 123_456n }))
    alignSeconds()
    expect(await textOf(grown)).toBe(await askProgram(growing, 123_456n))
  })

  it('lets a real transfer spend what a cheat gave', async () => {
    const mint = new PublicKey(localnet.createMint({ decimals: 0, program: 'token-2022' }))
    const from = new PublicKey(localnet.setTokenBalance({ owner: payer.publicKey, mint, amount: 5n }))
    const to = await createAssociatedTokenAccountIdempotent(connection, payer, mint, newKey(), undefined, program)
    await transfer(connection, payer, from, to, payer, 5n, [], undefined, program)
    expect((await getAccount(connection, to, 'confirmed', program)).amount).toBe(5n)
    expect((await getMint(connection, mint, 'confirmed', program)).supply).toBe(5n)
    expect(AccountState.Initialized).toBe(1)
  })
})

import {
  createAssociatedTokenAccountIdempotentInstruction,
  createMintToInstruction,
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token'
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js'
import type { Localnet } from '../../localnet/src/index.js'
import { confirmed } from './confirmed.js'

/** A token the bot hands out. */
export interface BotToken {
  readonly symbol: string
  readonly mint: string
  readonly decimals: number
  readonly program: 'token' | 'token-2022'
}

/** Sends real transfers on a local chain to whoever asks to be followed. */
export interface Bot {
  readonly address: string
  readonly tokens: readonly BotToken[]
  /** Sends to this owner each second, or stops and waits for what is on its way. The first time the owner gets some of everything to start with. */
  follow(owner: PublicKey, running: boolean): Promise<void>
  /** Sends this owner 100 of the first token now; resolves once that is confirmed. */
  receive(owner: PublicKey): Promise<string>
  stop(): void
}

const EVERY_MS = 1000
const SOL = 1_000_000_000n
/** The most pages that are sent to; the one that asked first is let go. */
const MAX_FOLLOWED = 8
const SUPPLY = 1_000_000_000n

const programIdOf = ({ program }: BotToken) => (program === 'token' ? TOKEN_PROGRAM_ID : TOKEN_2022_PROGRAM_ID)
const accountOf = (token: BotToken, owner: PublicKey) =>
  getAssociatedTokenAddressSync(new PublicKey(token.mint), owner, true, programIdOf(token))
const unitsOf = (token: BotToken, hundredths: bigint) => (hundredths * 10n ** BigInt(token.decimals)) / 100n

/** From 0.05 to 4.99, in hundredths: small enough to read as a trickle. */
const someHundredths = () => BigInt(5 + Math.floor(Math.random() * 495))

function makeTokens(localnet: Localnet, authority: PublicKey): readonly BotToken[] {
  const make = (symbol: string, decimals: number, program: BotToken['program']): BotToken => ({
    symbol,
    decimals,
    program,
    mint: localnet.createMint({ decimals, program, authority: authority.toBase58() }),
  })
  const classic = make('LAMP', 6, 'token')
  // The engine that stands in where LiteSVM has no binary runs the classic program only.
  return localnet.engine === 'svm' ? [classic, make('WICK', 9, 'token-2022')] : [classic]
}

/** What the bot puts into its transactions. */
function createInstructions(payer: PublicKey) {
  return {
    open: (token: BotToken, owner: PublicKey) =>
      createAssociatedTokenAccountIdempotentInstruction(
        payer,
        accountOf(token, owner),
        owner,
        new PublicKey(token.mint),
        programIdOf(token),
      ),
    mint: (token: BotToken) =>
      createMintToInstruction(
        new PublicKey(token.mint),
        accountOf(token, payer),
        payer,
        unitsOf(token, SUPPLY * 100n),
        [],
        programIdOf(token),
      ),
    give: (token: BotToken, owner: PublicKey, hundredths: bigint) =>
      createTransferCheckedInstruction(
        accountOf(token, payer),
        new PublicKey(token.mint),
        accountOf(token, owner),
        payer,
        unitsOf(token, hundredths),
        token.decimals,
        [],
        programIdOf(token),
      ),
    giveSol: (owner: PublicKey, lamports: bigint) =>
      SystemProgram.transfer({ fromPubkey: payer, toPubkey: owner, lamports }),
  }
}

/** Starts a bot on a chain: makes its tokens and sends once a second to every owner it follows. */
export async function startBot(localnet: Localnet): Promise<Bot> {
  const wallet = Keypair.generate()
  const { publicKey } = wallet
  localnet.fund(publicKey.toBase58(), 1_000_000n * SOL)
  const tokens = makeTokens(localnet, publicKey)
  const instructions = createInstructions(publicKey)
  // A node of its own: what the page does to its node must not keep the chain from moving on.
  const connection = new Connection((await localnet.node()).rpcUrl, 'confirmed')

  const settle = async (...parts: readonly TransactionInstruction[]) => {
    const transaction = new Transaction({ feePayer: publicKey, ...(await connection.getLatestBlockhash()) })
    transaction.add(...parts).sign(wallet)
    const signature = await connection.sendRawTransaction(transaction.serialize())
    await confirmed(connection, signature)
    return signature
  }
  await settle(...tokens.flatMap((token) => [instructions.open(token, publicKey), instructions.mint(token)]))

  const welcome = (owner: PublicKey) =>
    settle(
      instructions.giveSol(owner, 2n * SOL),
      ...tokens.flatMap((token) => [instructions.open(token, owner), instructions.give(token, owner, 25_000n)]),
    )
  const round = createRound(tokens, instructions, settle)
  return { address: publicKey.toBase58(), tokens, ...createFollowing({ welcome, round }), receive }

  async function receive(owner: PublicKey) {
    const [token] = tokens
    if (!token) throw new Error('the bot has no token')
    return settle(instructions.open(token, owner), instructions.give(token, owner, 10_000n))
  }
}

/** One second's transfer: the first token always, SOL and the other token in turns. */
function createRound(
  tokens: readonly BotToken[],
  instructions: ReturnType<typeof createInstructions>,
  settle: (...parts: readonly TransactionInstruction[]) => Promise<string>,
) {
  const [first, second] = tokens
  return (owner: PublicKey, turn: number) => {
    const parts = first ? [instructions.give(first, owner, someHundredths())] : []
    if (turn % 2 === 0 || !second) parts.push(instructions.giveSol(owner, someHundredths() * 100_000n))
    else parts.push(instructions.give(second, owner, someHundredths()))
    return settle(...parts)
  }
}

interface Followed {
  readonly owner: PublicKey
  readonly welcomed: Promise<unknown>
  running: boolean
  /** The transfer that is on its way, if one is. */
  underWay: Promise<unknown>
}

/** Who is sent to, and the clock that does it. */
function createFollowing(acts: {
  welcome(owner: PublicKey): Promise<unknown>
  round(owner: PublicKey, turn: number): Promise<unknown>
}): Pick<Bot, 'follow' | 'stop'> {
  const followed = new Map<string, Followed>()
  let turn = 0
  const timer = setInterval(tick, EVERY_MS)

  function tick() {
    turn++
    for (const each of followed.values())
      if (each.running)
        each.underWay = acts
          .round(each.owner, turn)
          .catch((error) => console.error(`bot: a transfer did not arrive: ${String(error)}`))
  }
  function start(owner: PublicKey): Followed {
    const entry = { owner, welcomed: acts.welcome(owner), running: false, underWay: Promise.resolve() }
    followed.set(owner.toBase58(), entry)
    const [oldest] = followed.keys()
    if (oldest && followed.size > MAX_FOLLOWED) followed.delete(oldest)
    return entry
  }

  return {
    async follow(owner, running) {
      const entry = followed.get(owner.toBase58()) ?? start(owner)
      await entry.welcomed
      entry.running = running
      // "Stopped" means that nothing more is coming.
      if (!running) await entry.underWay
    },
    stop: () => clearInterval(timer),
  }
}

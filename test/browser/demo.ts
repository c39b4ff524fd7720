import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { createTransferCheckedInstruction, getAssociatedTokenAddressSync, TOKEN_PROGRAM_ID } from '@solana/spl-token'
import { Connection, Keypair, PublicKey, Transaction } from '@solana/web3.js'
import type { BotToken } from '../../examples/dapp/bot.js'
import { confirmed } from '../../examples/dapp/confirmed.js'

const script = resolve(import.meta.dirname, '../../scripts/start.mjs')

/** The start script as a process. */
export interface Started {
  readonly child: ChildProcess
  /** The exit code, once it has ended. */
  readonly exited: Promise<number | null>
  /** What it wrote to its error stream so far. */
  errors(): string
}

/** Runs `scripts/start.mjs`. */
export function runStart(...args: string[]): Started {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (part) => {
    errors += String(part)
  })
  return { child, exited: once(child, 'exit').then(([code]) => code as number | null), errors: () => errors }
}

/** The line that says where everything is. @throws Error when the process ends before it */
export async function firstLine({ child, exited, errors }: Started): Promise<string> {
  if (!child.stdout) throw new Error('its output is not read')
  const ended = exited.then((code) => {
    throw new Error(`it ended with code ${code}: ${errors()}`)
  })
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  return String(line)
}

/** The demo, and its ledger as an outsider sees and touches it. */
export interface Demo {
  readonly url: string
  /** Calls one of the ledger's own methods. */
  cheat(method: string, ...params: readonly unknown[]): Promise<unknown>
  /** What the bot hands out. */
  tokens(owner: string): Promise<readonly BotToken[]>
  /** Base units the ledger says the owner has. */
  amount(owner: string, mint: string): Promise<bigint>
  /** A transfer of classic tokens by somebody else; resolves once it is confirmed. */
  transfer(owner: string, mint: string, amount: bigint): Promise<void>
  stop(): Promise<number | null>
}

/** Starts the demo on a free port. */
export async function startDemo(): Promise<Demo> {
  const started = runStart('--port', '0', '--json')
  const { url, rpcUrl } = JSON.parse(await firstLine(started)) as { url: string; rpcUrl: string }
  const connection = new Connection(rpcUrl, 'confirmed')
  const post = async (address: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
    return response.json()
  }
  const cheat: Demo['cheat'] = async (method, ...params) => {
    const { result, error } = await post(rpcUrl, { jsonrpc: '2.0', id: 1, method: `localnet_${method}`, params })
    if (error) throw new Error(error.message)
    return result
  }
  return {
    url,
    cheat,
    tokens: async (owner) => (await post(`${url}bot/follow`, { owner })).tokens,
    async amount(owner, mint) {
      const { value } = await connection.getTokenAccountBalance(accountOf(mint, owner))
      return BigInt(value.amount)
    },
    transfer: (owner, mint, amount) => transfer(connection, cheat, owner, mint, amount),
    stop: () => {
      started.child.kill('SIGTERM')
      return started.exited
    },
  }
}

const accountOf = (mint: string, owner: string) =>
  getAssociatedTokenAddressSync(new PublicKey(mint), new PublicKey(owner))

async function transfer(connection: Connection, cheat: Demo['cheat'], owner: string, mint: string, amount: bigint) {
  const sender = Keypair.generate()
  const from = sender.publicKey.toBase58()
  await cheat('fund', from, 1_000_000_000)
  await cheat('setTokenBalance', { owner: from, mint, amount: String(amount) })
  const [source, target] = [accountOf(mint, from), accountOf(mint, owner)]
  const { decimals } = (await connection.getTokenAccountBalance(target)).value
  const transaction = new Transaction({ feePayer: sender.publicKey, ...(await connection.getLatestBlockhash()) }).add(
    createTransferCheckedInstruction(
      source,
      new PublicKey(mint),
      target,
      sender.publicKey,
      amount,
      decimals,
      [],
      TOKEN_PROGRAM_ID,
    ),
  )
  transaction.sign(sender)
  await confirmed(connection, await connection.sendRawTransaction(transaction.serialize()))
}

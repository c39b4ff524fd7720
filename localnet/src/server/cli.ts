#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { Keypair } from '@solana/web3.js'
import type { Consensus } from '../ledger/ledger.js'
import { type CommandInput, DEFAULT_PORT, firstSteps, fund, token } from './cliCommands.js'
import { type EngineName, type LocalnetOptions, startLocalnet } from './localnet.js'

const help = `Usage: lamplight-localnet [options]
       lamplight-localnet fund <address> [SOL] [--url <url>]
       lamplight-localnet token <address> [amount] [--decimals <number> | --mint <address>] [--url <url>]

Runs a Solana chain on this machine: JSON-RPC over HTTP, PubSub over WebSocket, faults and cheats.
fund gives an address SOL on a running chain (default 10). token makes a token there and gives an address
some of it (default 1000, 6 decimals), or sets how much it has of the token of --mint.

Options:
  --port <number>      port for requests; sockets are on the next one. 0 takes free ones (default ${DEFAULT_PORT})
  --slot-ms <number>   milliseconds between slots, as 50, 200 or 400; 0 means that only localnet_tick makes them
                       (default 400)
  --consensus <name>   tower-bft (finalized 32 slots later) or alpenglow (confirmed and finalized are the same block,
                       as on mainnet since late 2026; default tower-bft)
  --rent-lamports-per-byte <number>
                       what each byte of an account costs; mainnet's falls in steps to 696 (default 6960)
  --automine           a slot for each transaction, at once
  --engine <name>      svm (real programs) or memory (JavaScript; default: svm where it can be loaded)
  --behind <number>    slots the node is behind the chain (default 0)
  --cheat-origin <url> an origin besides those of this machine whose pages may call localnet_ methods; may be repeated
  --json               print one line of JSON with the URLs when ready
  --help               print this text
`

const flags = {
  port: { type: 'string', default: String(DEFAULT_PORT) },
  'slot-ms': { type: 'string', default: '400' },
  consensus: { type: 'string', default: 'tower-bft' },
  'rent-lamports-per-byte': { type: 'string', default: '6960' },
  automine: { type: 'boolean', default: false },
  engine: { type: 'string' },
  behind: { type: 'string', default: '0' },
  'cheat-origin': { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  url: { type: 'string' },
  mint: { type: 'string' },
  decimals: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const
const ownFlags = { fund: ['url'], token: ['url', 'mint', 'decimals'] } as const
/** A command line without a command. */
const START = 'the command that starts a chain'
type Command = keyof typeof ownFlags

/** What a command line asks for, or why it cannot be had. */
type Asked =
  | { readonly kind: 'run'; readonly options: LocalnetOptions; readonly json: boolean }
  | { readonly kind: Command; readonly input: CommandInput }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly why: string }

function wholeNumber(flag: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= most))
    throw new Error(`--${flag}: "${text}" is not allowed. Expected a whole number from 0 to ${most}.`)
  return value
}

function engineOf(name: string | undefined): EngineName | undefined {
  if (name === undefined || name === 'svm' || name === 'memory') return name
  throw new Error(`--engine: "${name}" is not allowed. Expected svm or memory.`)
}

function consensusOf(name: string): Consensus {
  if (name === 'tower-bft' || name === 'alpenglow') return name
  throw new Error(`--consensus: "${name}" is not allowed. Expected tower-bft or alpenglow.`)
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: flags, allowPositionals: true, tokens: true })
}
type Parsed = ReturnType<typeof parse>

/** A flag of one command says nothing to another. */
function refuseForeignFlags({ tokens }: Parsed, command: string): void {
  const names = Object.values(ownFlags).flat() as string[]
  for (const token of tokens ?? []) {
    if (token.kind !== 'option') continue
    const isOwn =
      command === START ? !names.includes(token.name) : ownFlags[command as Command].includes(token.name as never)
    if (!isOwn) throw new Error(`--${token.name} is not an option of ${command}.`)
  }
}

function changeAsked({ values }: Parsed, kind: Command, [owner, amount, extra]: readonly string[]): Asked {
  if (extra !== undefined) throw new Error(`Unexpected argument "${extra}".`)
  if (owner === undefined) throw new Error(`${kind} needs an address.`)
  const { url, mint } = values
  const decimals = values.decimals === undefined ? undefined : wholeNumber('decimals', values.decimals, 255)
  return { kind, input: { owner, amount, url, mint, decimals } }
}

function chainAsked({ values }: Parsed, [extra]: readonly string[]): Asked {
  if (extra !== undefined) throw new Error(`Unexpected argument "${extra}".`)
  const engine = engineOf(values.engine)
  const options = {
    port: wholeNumber('port', values.port, 65_534),
    slotMs: wholeNumber('slot-ms', values['slot-ms'], 3_600_000),
    behind: wholeNumber('behind', values.behind, 1_000_000),
    consensus: consensusOf(values.consensus),
    rentLamportsPerByte: wholeNumber('rent-lamports-per-byte', values['rent-lamports-per-byte'], 1_000_000),
    cheatOrigins: values['cheat-origin'] ?? [],
    automine: values.automine,
    ...(engine && { engine }),
  }
  return { kind: 'run', options, json: values.json }
}

function askedBy(args: readonly string[]): Asked {
  try {
    const parsed = parse(args)
    const { values, positionals } = parsed
    if (values.help) return { kind: 'help' }
    const [command = START, ...rest] = positionals
    const isChange = command === 'fund' || command === 'token'
    if (!isChange && command !== START)
      return { kind: 'wrong', why: `Unknown command "${command}". Expected fund, token, or options alone.` }
    refuseForeignFlags(parsed, command)
    return isChange ? changeAsked(parsed, command, rest) : chainAsked(parsed, rest)
  } catch (error) {
    return { kind: 'wrong', why: (error as Error).message }
  }
}

async function run(options: LocalnetOptions, json: boolean): Promise<void> {
  const localnet = await startLocalnet(options)
  const { rpcUrl, wsUrl, engine } = localnet
  const concurrency = options.automine ? 'a slot for each transaction' : `a slot each ${options.slotMs} ms`
  const example = Keypair.generate().publicKey.toBase58()
  const text = `Local Solana chain (${engine} engine, ${options.consensus}, ${concurrency})
  requests  ${rpcUrl}
  sockets   ${wsUrl}
${firstSteps(rpcUrl, example)}
Stop it with Ctrl+C.`
  const stop = (): void => {
    localnet.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  if (process.env.npm_command) whenOrphaned(stop)
  // Last: whoever reads it may end this process at once.
  process.stdout.write(`${json ? JSON.stringify({ rpcUrl, wsUrl }) : text}\n`)
}

/** `npx` passes no signal on: when it is ended, only its shell goes with it, and another parent takes this process over. */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, ORPHAN_CHECK_MS)
}
const ORPHAN_CHECK_MS = 250

async function main(): Promise<void> {
  const asked = askedBy(process.argv.slice(2))
  if (asked.kind === 'help') process.stdout.write(help)
  else if (asked.kind === 'run') await run(asked.options, asked.json)
  else if (asked.kind !== 'wrong') process.stdout.write(`${await { fund, token }[asked.kind](asked.input)}\n`)
  else {
    process.stderr.write(`lamplight-localnet: ${asked.why}\nTry "lamplight-localnet --help".\n`)
    process.exitCode = 2
  }
}

main().catch((error: Error & { readonly code?: string; readonly port?: number }) => {
  const taken = error.code === 'EADDRINUSE'
  const why = taken
    ? `Port ${error.port} is taken: another local chain may be running. Stop it, or choose another port with --port (0 takes free ones; sockets are on the next one).`
    : error.message
  process.stderr.write(`lamplight-localnet: ${why}\n`)
  process.exit(1)
})

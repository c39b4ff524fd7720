#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { type EngineName, type LocalnetOptions, startLocalnet } from './localnet.js'

const help = `Usage: lamplight localnet [options]

Runs a Solana chain on this machine: JSON-RPC over HTTP, PubSub over WebSocket, faults and cheats.

Options:
  --port <number>      port for requests; sockets are on the next one. 0 takes free ones (default 0)
  --slot-ms <number>   milliseconds between slots; 0 means that only localnet_tick makes them (default 400)
  --automine           a slot for each transaction, at once
  --engine <name>      svm (real programs) or memory (JavaScript; default: svm where it can be loaded)
  --behind <number>    slots the node is behind the chain (default 0)
  --json               print one line of JSON with the URLs when ready
  --help               print this text
`

const flags = {
  port: { type: 'string', default: '0' },
  'slot-ms': { type: 'string', default: '400' },
  automine: { type: 'boolean', default: false },
  engine: { type: 'string' },
  behind: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** What a command line asks for, or why it cannot be had. */
type Asked =
  | { readonly kind: 'run'; readonly options: LocalnetOptions; readonly json: boolean }
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

function askedBy(args: readonly string[]): Asked {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true })
    if (values.help || (positionals.length === 0 && args.length === 0)) return { kind: 'help' }
    const [command = '', ...rest] = positionals
    if (command !== 'localnet') return { kind: 'wrong', why: `Unknown command "${command}". Expected localnet.` }
    if (rest.length > 0) return { kind: 'wrong', why: `Unexpected argument "${rest[0]}".` }
    const engine = engineOf(values.engine)
    const options = {
      port: wholeNumber('port', values.port, 65_534),
      slotMs: wholeNumber('slot-ms', values['slot-ms'], 3_600_000),
      behind: wholeNumber('behind', values.behind, 1_000_000),
      automine: values.automine,
      ...(engine && { engine }),
    }
    return { kind: 'run', options, json: values.json }
  } catch (error) {
    return { kind: 'wrong', why: (error as Error).message }
  }
}

async function run(options: LocalnetOptions, json: boolean): Promise<void> {
  const localnet = await startLocalnet(options)
  const { rpcUrl, wsUrl, engine } = localnet
  const pace = options.automine ? 'a slot for each transaction' : `a slot each ${options.slotMs} ms`
  const text = `Local Solana chain (${engine} engine, ${pace})\n  requests  ${rpcUrl}\n  sockets   ${wsUrl}\nStop it with Ctrl+C.`
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
  else {
    process.stderr.write(`lamplight: ${asked.why}\nTry "lamplight --help".\n`)
    process.exitCode = 2
  }
}

main().catch((error: Error & { readonly code?: string }) => {
  const busy = error.code === 'EADDRINUSE' ? ' Is another chain running? Choose another with --port.' : ''
  process.stderr.write(`lamplight: ${error.message}${busy}\n`)
  process.exit(1)
})

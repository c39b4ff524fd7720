// Starts the demo: a local ledger, a bot that sends transfers on it, and a page that shows the balances.
//   node scripts/start.mjs [--port N] [--json]
// --port  the page's port; 0 takes any free one. Left out: 5173, or the next one that is free
// --json  prints one line {"url","rpcUrl","wsUrl"} when the page can be opened; does not watch the sources
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const USAGE = 'Usage: npm start -- [--port N] [--json]'
const STOP_MS = 5000

/** Says what is wrong with the arguments, and ends. */
function refuse(why) {
  console.error(`${why}\n${USAGE}`)
  process.exit(2)
}

function readArguments() {
  try {
    return parseArgs({ options: { port: { type: 'string' }, json: { type: 'boolean', default: false } } }).values
  } catch (error) {
    return refuse(error.message)
  }
}

function portOf(text) {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1
  return port >= 0 && port <= 65_535 ? port : refuse(`--port: "${text}" is no port. Expected a number from 0 to 65535.`)
}

/** A port that is free now: Vite itself takes 0 for "not given". */
async function freePort() {
  const { createServer } = await import('node:net')
  const probe = createServer()
  await new Promise((resolve, reject) => probe.once('error', reject).listen(0, 'localhost', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function start({ port, json }) {
  const { createServer } = await import('vite')
  const server = await createServer({
    configFile: join(root, 'examples/dapp/vite.config.ts'),
    logLevel: json ? 'error' : 'warn',
    // A port that was asked for is taken or refused, never exchanged for another.
    server: {
      port: port === 0 ? await freePort() : (port ?? 5173),
      strictPort: port !== undefined,
      // Whoever reads the line wants this ledger until the end; an edit would start the server, and a ledger, anew.
      ...(json && { watch: { ignored: () => true } }),
    },
  })
  stopOnSignals(server)
  await server.listen()
  const { rpcUrl, wsUrl } = await server.ssrLoadModule('virtual:lamplight-localnet')
  return { url: server.resolvedUrls.local[0], rpcUrl, wsUrl }
}

function stopOnSignals(server) {
  let isStopping = false
  const stop = async () => {
    // A second Ctrl+C is meant.
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(1), STOP_MS).unref()
    await server.close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

const { port: portText, json } = readArguments()
const port = portOf(portText)
// Vite is there only after the packages are.
await import('./setup.mjs')
try {
  const { url, rpcUrl, wsUrl } = await start({ port, json })
  if (json) console.log(JSON.stringify({ url, rpcUrl, wsUrl }))
  else console.log(`\n  Lamplight demo   ${url}\n  Ledger           ${rpcUrl} ${wsUrl}\n\n  Stop with Ctrl+C.\n`)
} catch (error) {
  console.error(`The demo did not start: ${error.message}`)
  process.exit(1)
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { PublicKey } from '@solana/web3.js'
import type { Plugin } from 'vite'
import type { Localnet } from '../../localnet/src/index.js'
import { type Bot, startBot } from './bot.js'

/** The bot behind the development server's address: `POST /bot/follow` and `POST /bot/receive`. */
export interface BotRoutes {
  readonly plugin: Plugin
  /** Give this to `lamplightLocalnet`: the bot is there before a page learns where the chain is. */
  onStart(localnet: Localnet): Promise<void>
}

const MAX_BODY = 1000

async function bodyOf(request: IncomingMessage): Promise<{ readonly owner: PublicKey; readonly running: boolean }> {
  let text = ''
  for await (const part of request) {
    text += String(part)
    if (text.length > MAX_BODY) throw new Error('the request is too long')
  }
  const body: unknown = JSON.parse(text)
  const { owner, running } = body as { readonly owner?: unknown; readonly running?: unknown }
  if (typeof owner !== 'string') throw new Error('expected {"owner": "an address"}')
  return { owner: new PublicKey(owner), running: running !== false }
}

async function answer(bot: Bot, request: IncomingMessage): Promise<object | undefined> {
  if (request.method !== 'POST') return undefined
  const path = request.url?.split('?')[0]
  if (path === '/follow') {
    const { owner, running } = await bodyOf(request)
    await bot.follow(owner, running)
    return { address: bot.address, tokens: bot.tokens }
  }
  if (path === '/receive') return { signature: await bot.receive((await bodyOf(request)).owner) }
  return undefined
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Makes the routes; the bot starts with the chain and stops with the server. */
export function createBotRoutes(): BotRoutes {
  let resolveStarted: (bot: Bot) => void = () => {}
  const started = new Promise<Bot>((resolve) => {
    resolveStarted = resolve
  })
  let closed = false
  return {
    async onStart(localnet) {
      const bot = await startBot(localnet)
      if (closed) bot.stop()
      resolveStarted(bot)
    },
    plugin: {
      name: 'demo-bot',
      configureServer({ middlewares, httpServer }) {
        httpServer?.once('close', () => {
          closed = true
          void started.then((bot) => bot.stop())
        })
        middlewares.use('/bot', (request, response) => {
          started
            .then((bot) => answer(bot, request))
            .then((body) => reply(response, body ? 200 : 404, body ?? { error: 'no such route' }))
            .catch((error: Error) => reply(response, 400, { error: error.message }))
        })
      },
    },
  }
}

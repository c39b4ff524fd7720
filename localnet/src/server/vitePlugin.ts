/// <reference path="./virtualModule.ts" preserve="true" />
import type { Plugin } from 'vite'
import { type Localnet, type LocalnetOptions, startLocalnet } from './localnet.js'

/** A local chain that comes and goes with a development server. */
export interface LamplightLocalnetOptions extends LocalnetOptions {
  /** Called once the chain runs, before a page learns where: the place to make mints and balances. */
  readonly onStart?: (localnet: Localnet) => void | Promise<void>
}

const NAME = 'virtual:lamplight-localnet'
const RESOLVED = `\0${NAME}`
const RETRY_MS = 200
const RETRIES = 25

async function startWhenFree(options: LocalnetOptions): Promise<Localnet> {
  for (let tries = 1; ; tries++) {
    try {
      return await startLocalnet(options)
    } catch (error) {
      // A server that restarts starts its successor first, so a fixed port is free only a moment later.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries >= RETRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function startPrepared({ onStart, ...options }: LamplightLocalnetOptions): Promise<Localnet> {
  const localnet = await startWhenFree(options)
  try {
    await onStart?.(localnet)
    return localnet
  } catch (error) {
    await localnet.stop()
    throw error
  }
}

/**
 * A Vite plugin that runs a local chain beside the development server (also Storybook's and vitest's), and tells page
 * code its URLs through `virtual:lamplight-localnet`. A build starts nothing and gets `null` for both.
 * @example
 * export default defineConfig({ plugins: [lamplightLocalnet({ slotMs: 400 })] })
 */
export function lamplightLocalnet(options: LamplightLocalnetOptions = {}): Plugin {
  let servers = 0
  let running: Promise<Localnet> | undefined
  return {
    name: 'lamplight-localnet',
    configureServer({ config }) {
      servers++
      if (running) return
      running = startPrepared(options)
      running.then(
        ({ rpcUrl, wsUrl, engine }) => config.logger.info(`  lamplight localnet (${engine}): ${rpcUrl} ${wsUrl}`),
        (error: Error) => config.logger.error(`lamplight localnet did not start: ${error.message}`),
      )
    },
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined
      const { rpcUrl, wsUrl } = (await running) ?? { rpcUrl: null, wsUrl: null }
      return `export const rpcUrl = ${JSON.stringify(rpcUrl)}\nexport const wsUrl = ${JSON.stringify(wsUrl)}\n`
    },
    // Called when a server closes, also by a restart; the successor has been configured by then.
    async buildEnd() {
      if (servers === 0 || --servers > 0) return
      const stopping = running
      running = undefined
      await stopping?.then(
        (localnet) => localnet.stop(),
        () => undefined,
      )
    },
  }
}

import { ConnectionProvider } from '@solana/wallet-adapter-react'
import type { Decorator, StoryContext } from '@storybook/react-vite'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider, type WebSocketProviderProps } from 'lamplight'
import type { MintOptions } from 'lamplight/localnet'
import { type ReactNode, useState } from 'react'
import { expect, waitFor } from 'storybook/test'
import { createFaultyLine, type FaultyLine, type LineFaults } from './faultyLine.js'
import { createMint, fund, ledger, newAddress, setTokenBalance } from './ledger.js'

/** What a story works with: its own line to the ledger, and accounts that no other story knows. */
export interface Scene {
  readonly line: FaultyLine
  readonly owner: string
  readonly mint: string
}

/** What a story may say about its way to the ledger, among its `parameters`. */
export interface SceneParameters {
  /** Faults that are there from the start. */
  readonly line?: LineFaults
  /** Props for the story's own provider. */
  readonly provider?: Partial<WebSocketProviderProps>
}

/** Loader of every story. */
export const openLine = ({ parameters }: { parameters: SceneParameters }): Pick<Scene, 'line'> => ({
  line: createFaultyLine(ledger, parameters.line),
})

/** Loader: a mint, and an owner who has that much of it; without an amount the owner has no account. */
export const tokens =
  ({ amount, ...options }: MintOptions & { readonly amount?: bigint } = {}) =>
  async (): Promise<Partial<Scene>> => {
    const [owner, mint] = [newAddress(), await createMint(options)]
    if (amount !== undefined) await setTokenBalance(owner, mint, amount)
    return { owner, mint }
  }

/** Loader: an owner with that many lamports; without, the owner has no account. */
export const sol =
  (lamports = 0n) =>
  async (): Promise<Partial<Scene>> => {
    const owner = newAddress()
    if (lamports > 0n) await fund(owner, lamports)
    return { owner }
  }

/** Quick enough to watch; an app has no reason to set these. */
const QUICK = { backoff: { baseMs: 250, capMs: 250 } }
const RETRY_MS = 50

function Providers({ line, provider, children }: SceneParameters & { line: FaultyLine; children: ReactNode }) {
  const [queryClient] = useState(() => new QueryClient({ defaultOptions: { queries: { retryDelay: RETRY_MS } } }))
  return (
    <QueryClientProvider client={queryClient}>
      <ConnectionProvider endpoint={ledger.rpcUrl}>
        <WebSocketProvider url={ledger.wsUrl} fetch={line.fetch} webSocket={line.webSocket} {...QUICK} {...provider}>
          {children}
        </WebSocketProvider>
      </ConnectionProvider>
    </QueryClientProvider>
  )
}

/** Keeps what was loaded when the story appeared: loaders run again at every change of a control or of the theme. */
function Stage({ loaded, children }: { loaded: Scene; children: (first: Scene) => ReactNode }) {
  const [first] = useState(loaded)
  return children(first)
}

/** Decorator of every story: a cache, a connection and a line of its own, gone with the story. */
export const onLedger: Decorator = (Story, { loaded, parameters }) => {
  const { provider } = parameters as SceneParameters
  return (
    <Stage loaded={loaded as Scene}>
      {(first) => (
        <Providers line={first.line} provider={provider ?? {}}>
          <Story loaded={first} />
        </Providers>
      )}
    </Stage>
  )
}

/** What a play function of these stories gets. */
export type Act = Scene & Pick<StoryContext, 'canvasElement' | 'canvas' | 'step' | 'userEvent'>

/** A play function that is given its scene. */
export const act =
  (play: (scene: Act) => Promise<void>) =>
  async ({ canvasElement, canvas, step, userEvent, loaded }: StoryContext): Promise<void> => {
    await play({ ...(loaded as Scene), canvasElement, canvas, step, userEvent })
  }

/** How long a story may take for one step; the machine may be busy with other stories. */
const PATIENCE = { timeout: 10_000 }

/** The story's widget. */
export function widgetIn(canvasElement: HTMLElement): HTMLElement {
  const widget = canvasElement.querySelector<HTMLElement>('[data-lamp]')
  if (!widget) throw new Error('There is no widget on the canvas.')
  return widget
}

/** Waits until the widget is in a state and says this; a failure tells what it says instead, and its title. */
export async function shows(
  canvasElement: HTMLElement,
  state: string,
  text: string | RegExp = /./,
): Promise<HTMLElement> {
  return waitFor(async () => {
    const widget = widgetIn(canvasElement)
    const { title, textContent } = widget
    const said = { state: widget.dataset.state, text: textContent, title }
    await expect(said).toEqual({ state, text: typeof text === 'string' ? text : expect.stringMatching(text), title })
    return widget
  }, PATIENCE)
}

/** Waits until something holds. */
export const eventually = (check: () => Promise<void> | void): Promise<void> => waitFor(check, PATIENCE)

/** Decorator: as wide as a small phone. */
export const narrow: Decorator = (Story) => (
  <div style={{ inlineSize: 'min(320px, 100%)', outline: '1px dashed gray' }}>
    <Story />
  </div>
)

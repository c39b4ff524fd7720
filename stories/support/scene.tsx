import type { Adapter } from '@solana/wallet-adapter-base'
import { ConnectionProvider, WalletProvider } from '@solana/wallet-adapter-react'
import type { Decorator, StoryContext } from '@storybook/react-vite'
import { type DehydratedState, hydrate, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider, type WebSocketProviderProps } from 'lamplight'
import { LamplightI18n } from 'lamplight/components'
import { allowHydration } from 'lamplight/core'
import type { MintOptions } from 'lamplight-localnet'
import { type ReactNode, useEffect, useState } from 'react'
import { expect, fireEvent, waitFor } from 'storybook/test'
import { createFaultyLine, type FaultyLine, type LineFaults } from './faultyLine.js'
import { createMint, fund, ledger, newAddress, setTokenBalance, type Terms } from './ledger.js'

/** What a story works with: its own line to the ledger, and accounts that no other story knows. */
export interface Scene {
  readonly line: FaultyLine
  readonly owner: string
  readonly mint: string
  /** What its cache holds from the start, as a server sends it or a browser keeps it. */
  readonly restored?: DehydratedState | undefined
}

/** What a story may say about its way to the ledger, among its `parameters`. */
export interface SceneParameters {
  /** Faults that are there from the start. */
  readonly line?: LineFaults
  /** Props for the story's own provider. */
  readonly provider?: Partial<WebSocketProviderProps> | undefined
  /** The wallets there are; without, the page has no wallet provider. */
  readonly wallets?: (() => Adapter[]) | undefined
  /** Whether the first of them is connected from the start. */
  readonly isConnected?: boolean | undefined
}

/** Loader of every story. */
export const openLine = ({ parameters }: { parameters: SceneParameters }): Pick<Scene, 'line'> => ({
  line: createFaultyLine(ledger, parameters.line),
})

/** Loader: a mint, and an owner who has that much of it; without an amount the owner has no account. */
export const tokens =
  ({ amount, terms, ...options }: MintOptions & { readonly amount?: bigint; readonly terms?: Terms } = {}) =>
  async (): Promise<Partial<Scene>> => {
    const [owner, mint] = [newAddress(), await createMint(options)]
    if (amount !== undefined) await setTokenBalance(owner, mint, amount, terms)
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

/** A cache, a connection and a line of its own. */
export function Providers({
  line,
  provider,
  wallets,
  isConnected,
  restored,
  children,
}: SceneParameters & Pick<Scene, 'line' | 'restored'> & { children: ReactNode }) {
  const [queryClient] = useState(() => {
    const made = new QueryClient({ defaultOptions: { queries: { retryDelay: RETRY_MS } } })
    if (restored) hydrate(allowHydration(made), restored)
    return made
  })
  return (
    <QueryClientProvider client={queryClient}>
      <ConnectionProvider endpoint={ledger.rpcUrl}>
        <Wallets wallets={wallets} isConnected={isConnected}>
          <WebSocketProvider url={ledger.wsUrl} fetch={line.fetch} webSocket={line.webSocket} {...QUICK} {...provider}>
            {children}
          </WebSocketProvider>
        </Wallets>
      </ConnectionProvider>
    </QueryClientProvider>
  )
}

/** Each story's own wallets, and its own memory of which one was chosen. */
function Wallets({
  wallets,
  isConnected,
  children,
}: Pick<SceneParameters, 'wallets' | 'isConnected'> & { children: ReactNode }) {
  const [adapters] = useState(() => wallets?.())
  const [localStorageKey] = useState(() => {
    const key = `story-${crypto.randomUUID()}`
    if (isConnected && adapters?.[0]) localStorage.setItem(key, JSON.stringify(adapters[0].name))
    return key
  })
  useEffect(() => () => localStorage.removeItem(localStorageKey), [localStorageKey])
  if (!adapters) return children
  return (
    <WalletProvider wallets={adapters} localStorageKey={localStorageKey} autoConnect onError={silent}>
      {children}
    </WalletProvider>
  )
}
const silent = () => {}

/** Keeps what was loaded when the story appeared: loaders run again at every change of a control or of the theme. */
function Stage({ loaded, children }: { loaded: Scene; children: (first: Scene) => ReactNode }) {
  const [first] = useState(loaded)
  return children(first)
}

/** Decorator of every story: a cache, a connection and a line of its own, gone with the story. */
export const onLedger: Decorator = (Story, { loaded, parameters }) => {
  const { provider, wallets, isConnected } = parameters as SceneParameters
  return (
    <Stage loaded={loaded as Scene}>
      {(first) => (
        <Providers line={first.line} restored={first.restored} {...{ provider, wallets, isConnected }}>
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
const PATIENCE = { timeout: 30_000 }

/** The story's widget. */
export function widgetIn(canvasElement: HTMLElement): HTMLElement {
  const widget = canvasElement.querySelector<HTMLElement>('[data-lamp]')
  if (!widget) throw new Error('There is no widget on the canvas.')
  return widget
}

/** Waits until the widget is in a state and says this; a failure tells what it says instead. */
export async function shows(
  canvasElement: HTMLElement,
  state: string,
  text: string | RegExp = /./,
): Promise<HTMLElement> {
  return waitFor(async () => {
    const widget = widgetIn(canvasElement)
    const said = { state: widget.dataset.state, text: widget.textContent }
    await expect(said).toEqual({ state, text: typeof text === 'string' ? text : expect.stringMatching(text) })
    return widget
  }, PATIENCE)
}

/** Waits until something holds. */
export const eventually = <T,>(check: () => Promise<T> | T): Promise<T> => waitFor(check, PATIENCE)

/** Writes into a field, or chooses in one, and leaves the focus where it is: a page of documentation shows many stories at once. */
export const fill = (field: HTMLElement, value: string): Promise<boolean> =>
  fireEvent.change(field, { target: { value } })
/** Presses a button, and leaves the focus where it is. */
export const press = (button: HTMLElement): Promise<boolean> => fireEvent.click(button)

/** Parameters of a story that takes the focus: among others, on a page of documentation, it waits to be opened. */
export const byHand = { docs: { story: { autoplay: false } } }

/** Decorator: so many pixels wide. */
export const wide =
  (pixels: number): Decorator =>
  (Story) => (
    <div style={{ inlineSize: `min(${pixels}px, 100%)`, outline: '1px dashed gray' }}>
      <Story />
    </div>
  )

/** Decorator: as wide as a small phone. */
export const narrow = wide(320)

/** Decorator: in a page that is written in another language. */
export const spoken =
  (locale: string): Decorator =>
  (Story) => (
    <LamplightI18n locale={locale}>
      <div lang={locale} dir={locale.startsWith('ar') ? 'rtl' : 'ltr'}>
        <Story />
      </div>
    </LamplightI18n>
  )

/** What a mark says to a screen reader; the focus stays where it is. */
export function asked(canvasElement: HTMLElement): string {
  const mark = widgetIn(canvasElement).querySelector('[data-part="mark"] button')
  if (!mark) throw new Error('The mark says nothing.')
  return [mark.getAttribute('aria-label'), mark.getAttribute('aria-description')].join('')
}

/** Opens what a mark says, as the keyboard does, and gives the words. */
export async function opened(canvasElement: HTMLElement): Promise<string> {
  widgetIn(canvasElement)
    .querySelector<HTMLElement>('[data-part="mark"] button')
    ?.focus({ focusVisible: true } as FocusOptions)
  return waitFor(() => {
    const tip = canvasElement.querySelector('[data-part="tip"]')
    if (!tip?.matches(':popover-open')) throw new Error('The mark says nothing.')
    return tip.textContent ?? ''
  }, PATIENCE)
}

// @vitest-environment node
import { WalletProvider } from '@solana/wallet-adapter-react'
import { dehydrate, HydrationBoundary, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  useBalanceEvents,
  useBalanceStream,
  useBalances,
  useConnectionStatus,
  useWalletTokens,
  WebSocketProvider,
} from 'lamplight'
import {
  BalanceSparkline,
  BalanceToasts,
  BurnForm,
  ConnectionStatus,
  CreateAccountNotice,
  SendForm,
  SolBalance,
  TokenBalance,
  TokenList,
  WalletCard,
} from 'lamplight/components'
import { allowHydration, createBalanceClient, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import { useBalancePersistence } from 'lamplight/persist'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, it, vi } from 'vitest'
import { localnet, newAddress } from '../support/localnet.js'

afterEach(() => vi.restoreAllMocks())

/** Hears of every time, chance and timer that code of this library asks for by itself. */
function watchTheHost(): string[] {
  const asked: string[] = []
  const watch = <T extends object>(host: T, name: keyof T & string) => {
    const real = host[name] as (...args: unknown[]) => unknown
    vi.spyOn(host as Record<string, () => unknown>, name).mockImplementation((...args: unknown[]) => {
      const frames = new Error().stack?.split('\n').slice(1) ?? []
      const [caller = '', before = ''] = frames.filter((frame) => !/@vitest|tinyspy|timelessServer/.test(frame))
      const placeOf = (frame: string) => frame.replace(/^.*\/src\//, '')
      if (caller.includes('/src/')) asked.push(`${name} in ${placeOf(caller)}, for ${placeOf(before)}`)
      return real.apply(host, args)
    })
  }
  watch(Date, 'now')
  watch(Math, 'random')
  watch(performance, 'now')
  watch(globalThis.crypto, 'randomUUID')
  watch(globalThis.crypto, 'getRandomValues')
  watch(globalThis, 'setTimeout')
  watch(globalThis, 'setInterval')
  watch(globalThis, 'queueMicrotask')
  return asked
}

function Everything({ owner, mint }: { readonly owner: string; readonly mint: string }) {
  useBalancePersistence()
  useBalanceEvents(() => {})
  useBalanceStream({ targets: [{ owner }], onChange() {} })
  const { results } = useBalances({ targets: [{ owner, mint }, { owner }] })
  const { state } = useConnectionStatus()
  const { incomplete } = useWalletTokens({ owner })
  return (
    <>
      <p>{`${results.length} ${state} ${incomplete.length}`}</p>
      <TokenBalance owner={owner} mint={mint} />
      <SolBalance owner={owner} />
      <ConnectionStatus announce />
      <TokenList owner={owner} />
      <SendForm mint={mint} />
      <BurnForm mint={mint} />
      <CreateAccountNotice mint={mint} />
      <BalanceSparkline owner={owner} mint={mint} />
      <BalanceToasts />
      <WalletCard tokens={[{ mint, symbol: 'TEST' }]} />
    </>
  )
}

it('asks for no time, no chance and no timer while a server renders, with and without what was prefetched', async () => {
  const net = await localnet()
  const owner = newAddress()
  const [plain, growing, scheduled] = [
    net.createMint({ decimals: 2 }),
    net.createMint({ decimals: 2, program: 'token-2022', interestBps: 500 }),
    net.createMint({ decimals: 2, program: 'token-2022', uiMultiplier: 2 }),
  ]
  for (const mint of [plain, growing, scheduled]) net.setTokenBalance({ owner, mint, amount: 1234n })
  const queryClient = allowHydration(new QueryClient())
  const asked = watchTheHost()
  const client = createBalanceClient({ queryClient, rpcUrl: net.rpcUrl, cluster: 'test' })
  client.status.getState()
  expect(asked).toEqual([])

  for (const mint of [plain, growing, scheduled])
    await queryClient.prefetchQuery(tokenBalanceOptions(client, { owner, mint }))
  await queryClient.prefetchQuery(solBalanceOptions(client, { owner }))
  expect(asked.length).toBeGreaterThan(0)
  const sent = dehydrate(queryClient)
  for (const state of [undefined, sent])
    for (const mint of [plain, growing, scheduled]) {
      asked.splice(0)
      const html = renderToString(
        <QueryClientProvider client={allowHydration(new QueryClient())}>
          <HydrationBoundary state={state}>
            <WalletProvider wallets={[]} autoConnect={false}>
              <WebSocketProvider rpcUrl={net.rpcUrl} cluster="test" preload debug>
                <Everything owner={owner} mint={mint} />
              </WebSocketProvider>
            </WalletProvider>
          </HydrationBoundary>
        </QueryClientProvider>,
      )
      expect(html).toContain('2 idle 0')
      expect({ mint, asked }).toEqual({ mint, asked: [] })
    }
})

import { type QueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { act, screen, waitFor } from '@testing-library/react'
import { balanceKeys, useBalanceClient, useBalances, useSolBalance, useTokenBalance, useWalletTokens } from 'lamplight'
import { solBalanceOptions } from 'lamplight/core'
import { type ReactNode, Suspense } from 'react'
import { describe, expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id: string) => screen.getByTestId(id)
/** What is shown, as `value freshness`. */
const shown = (id: string) => at(id).textContent

interface Ids {
  readonly owner: string
  readonly mint: string
}
/** Notes each pair of value and freshness that is committed. */
const notes: string[] = []
function Note({ id, children }: { readonly id: string; readonly children: string }) {
  notes.push(`${id} ${children}`)
  return <p data-testid={id}>{children}</p>
}
const ways: Readonly<Record<string, (ids: Ids) => ReactNode>> = {
  useSolBalance({ owner }) {
    const { data, freshness } = useSolBalance({ owner })
    return <Note id="useSolBalance">{`${data?.lamports} ${freshness}`}</Note>
  },
  useTokenBalance({ owner, mint }) {
    const { data, freshness } = useTokenBalance({ owner, mint })
    return <Note id="useTokenBalance">{`${data?.amount} ${freshness}`}</Note>
  },
  useBalances({ owner, mint }) {
    const { results } = useBalances({ targets: [{ owner }, { owner, mint }] })
    const [sol, token] = results
    return (
      <Note id="useBalances">{`${sol.data?.lamports} ${token.data?.amount} ${sol.freshness} ${token.freshness}`}</Note>
    )
  },
  useWalletTokens({ owner }) {
    const { data, freshness } = useWalletTokens({ owner })
    return <Note id="useWalletTokens">{`${data?.map(({ amount }) => amount)} ${freshness}`}</Note>
  },
  Suspended({ owner }) {
    const { data } = useSuspenseQuery(solBalanceOptions(useBalanceClient(), { owner }))
    return <Note id="Suspended">{String(data.lamports)}</Note>
  },
}

function Way({ name, ...ids }: Ids & { readonly name: string }) {
  const Hook = ways[name] as (ids: Ids) => ReactNode
  return <Hook {...ids} />
}

const removals: Readonly<Record<string, (queryClient: QueryClient) => void>> = {
  clear: (queryClient) => queryClient.clear(),
  removeQueries: (queryClient) => queryClient.removeQueries(),
  'removeQueries of one cluster': (queryClient) => queryClient.removeQueries({ queryKey: balanceKeys.all }),
  resetQueries: (queryClient) => void queryClient.resetQueries(),
  'clear of the query cache': (queryClient) => queryClient.getQueryCache().clear(),
}

describe.each(Object.keys(removals))('after %s of the app’s query client', (name) => {
  it.each(Object.keys(ways))('%s reads anew, and is live with nothing but what it read', async (way) => {
    const net = await localnet()
    const [owner, mint] = [newAddress(), net.createMint({ decimals: 0 })]
    net.fund(owner, 1n)
    net.setTokenBalance({ owner, mint, amount: 1n })
    const { queryClient } = renderApp(
      <Suspense fallback={<p>Waiting</p>}>
        <Way name={way} owner={owner} mint={mint} />
      </Suspense>,
      net,
    )
    const now: Readonly<Record<string, (amount: number) => string>> = {
      useBalances: (amount) => `${amount} ${amount} live live`,
      Suspended: (amount) => `${amount}`,
    }
    const text = (amount: number) => now[way]?.(amount) ?? `${amount} live`
    await waitFor(() => expect(shown(way)).toBe(text(1)))
    // The node pushes nothing of this: only who reads anew can know.
    const stop = net.faults.add({ on: 'notification', do: { lose: true } })
    net.fund(owner, 1n)
    net.setTokenBalance({ owner, mint, amount: 2n })
    await new Promise((resume) => setTimeout(resume, 100))
    expect(shown(way)).toBe(text(1))
    notes.length = 0
    act(() => removals[name]?.(queryClient))
    await waitFor(() => expect(shown(way)).toBe(text(2)))
    expect(notes.filter((note) => note.includes('1') && note.includes('live'))).toEqual([])
    if (way === 'Suspended') return
    stop()
    net.fund(owner, 1n)
    net.setTokenBalance({ owner, mint, amount: 3n })
    await waitFor(() => expect(shown(way)).toBe(text(3)))
  })
})

describe('a wallet’s list', () => {
  it.each(['removeQueries', 'resetQueries'] as const)(
    'is not live while it misses an account that %s took away, and lists it again',
    async (way) => {
      const net = await localnet()
      const [owner, mint, other] = [newAddress(), net.createMint({ decimals: 0 }), net.createMint({ decimals: 0 })]
      net.setTokenBalance({ owner, mint, amount: 7n })
      net.setTokenBalance({ owner, mint: other, amount: 7n })
      notes.length = 0
      const { queryClient } = renderApp(<Way name="useWalletTokens" owner={owner} mint={mint} />, net)
      await waitFor(() => expect(shown('useWalletTokens')).toBe('7,7 live'))
      const [account] = queryClient
        .getQueryCache()
        .findAll({ queryKey: balanceKeys.all })
        .filter(
          ({ state }) =>
            (state.data as { readonly token?: { readonly mint: string } } | undefined)?.token?.mint === mint,
        )
      notes.length = 0
      act(() => void queryClient[way]({ queryKey: account?.queryKey ?? [], exact: true }))
      await waitFor(() => expect(notes.length).toBeGreaterThan(0))
      await waitFor(() => expect(shown('useWalletTokens')).toBe('7,7 live'))
      expect(notes).not.toContain('useWalletTokens 7 live')
    },
  )
})

it('a hook that is not subscribed to its query never calls what it shows live', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  function Unsubscribed() {
    const { data, freshness } = useSolBalance({ owner, query: { subscribed: false } })
    return <Note id="unsubscribed">{`${data?.lamports} ${freshness}`}</Note>
  }
  notes.length = 0
  const tree = (turn: number) => (
    <>
      <Way name="useSolBalance" owner={owner} mint="" />
      <Unsubscribed key="same" />
      <i>{turn}</i>
    </>
  )
  const { queryClient, show } = renderApp(tree(0), net)
  await waitFor(() => expect(shown('useSolBalance')).toBe('1 live'))
  show(tree(1))
  expect(shown('unsubscribed')).toBe('1 stale')
  act(() => queryClient.clear())
  net.fund(owner, 1n)
  await waitFor(() => expect(shown('useSolBalance')).toBe('2 live'))
  expect(shown('unsubscribed')).not.toMatch('live')
})

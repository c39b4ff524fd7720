import { QueryClient } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import { type BalanceEvent, useBalanceClient, useBalanceEvents } from 'lamplight'
import { ConnectionStatus, SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id: string) => screen.getByTestId(id)

it('tells what happens, each kind of event by its name', async () => {
  const net = await localnet()
  const owner = newAddress()
  const events: BalanceEvent[] = []
  const of = (type: BalanceEvent['type']) => events.filter((event) => event.type === type)
  renderApp(<SolBalance owner={owner} data-testid="b" />, net, { onEvent: (event) => events.push(event) })
  await waitFor(() => expect(at('b')).toHaveTextContent(/^0 SOL$/))
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'live'))
  net.fund(owner, 5n)
  await waitFor(() => expect(of('account:created')).toHaveLength(1))
  expect(of('account:created')[0]).toMatchObject({
    address: owner,
    next: { lamports: 5n },
    previous: { exists: false },
  })
  net.fund(owner, 5n)
  await waitFor(() => expect(of('balance:updated').at(-1)).toMatchObject({ next: { lamports: 10n, reason: 'stream' } }))
  expect(of('connection:changed').map((event) => 'state' in event && event.state)).toContain('live')
  net.dropSockets()
  await waitFor(() => expect(of('connection:changed').at(-1)).toMatchObject({ state: 'live' }))
})

it('gives up polling after five failures in a row, says so, and goes on when asked to', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const events: string[] = []
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b" pollInterval={250} />
      <ConnectionStatus data-testid="s" />
    </>
  )
  renderApp(ui, net, {
    url: false,
    onEvent: ({ type }) => events.push(type),
    queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
  })
  await waitFor(() => expect(at('s')).toHaveTextContent('Refreshed every few seconds'))
  net.faults.add({ on: 'http', do: { status: 503 } })
  await waitFor(() => expect(events).toContain('polling:stopped'), { timeout: 15_000 })
  expect(at('s')).toHaveTextContent('Cannot refresh')
  expect(at('b')).toHaveAttribute('data-state', 'stale')
  expect(at('b')).toHaveTextContent('1 SOL')
  expect(events).toContain('balance:error')
  net.faults.clear()
  net.fund(owner, 1_000_000_000n)
  screen.getByRole('button', { name: 'Retry now' }).click()
  await waitFor(() => expect(at('b')).toHaveTextContent('2 SOL'))
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'polling'))
  expect(events).toContain('polling:started')
  net.fund(owner, 1_000_000_000n)
  await waitFor(() => expect(at('b')).toHaveTextContent('3 SOL'))
})

it('writes a log without addresses of nodes, off unless asked for', async () => {
  const net = await localnet()
  const owner = newAddress()
  const lines: string[] = []
  renderApp(<SolBalance owner={owner} data-testid="b" />, net, { debug: (line) => lines.push(line) })
  await waitFor(() => expect(lines.join('\n')).toContain('connection:changed live'))
  net.fund(owner, 7n)
  await waitFor(() => expect(lines.join('\n')).toContain(`account:created ${owner} 7 lamports at slot`))
  expect(lines.join('\n')).not.toContain('://')
})

it("polls a wallet faster or slower by the app's word, where the interval is auto", async () => {
  const net = await localnet()
  const owner = newAddress()
  const delays: number[] = []
  function Activity() {
    const client = useBalanceClient()
    client.setActivity(owner, 'active')
    delays.push(client.pollDelayMs(5000, owner as Parameters<typeof client.pollDelayMs>[1]))
    return null
  }
  renderApp(<Activity />, net, { url: false })
  expect(delays[0]).toBe(2000)
})

it('useBalanceEvents tells the same without a render, and stops with its component', async () => {
  const net = await localnet()
  const owner = newAddress()
  const heard: string[] = []
  let renders = 0
  function Listener() {
    renders++
    useBalanceEvents(({ type }) => heard.push(type))
    return null
  }
  const both = (
    <>
      <SolBalance owner={owner} data-testid="b" />
      <Listener />
    </>
  )
  const { show } = renderApp(both, net)
  await waitFor(() => expect(at('b')).toHaveTextContent(/^0 SOL$/))
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'live'))
  const before = renders
  net.fund(owner, 5n)
  await waitFor(() => expect(heard).toContain('account:created'))
  expect(heard).toContain('balance:updated')
  expect(renders).toBe(before)
  show(<SolBalance owner={owner} data-testid="b" />)
  const count = heard.length
  net.fund(owner, 5n)
  await waitFor(() => expect(at('b')).toHaveTextContent('0.00000001'))
  expect(heard).toHaveLength(count)
})

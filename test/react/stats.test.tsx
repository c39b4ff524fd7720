import { screen, waitFor } from '@testing-library/react'
import { type BalanceClient, useBalanceClient } from 'lamplight'
import { SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string) => waitFor(() => expect(at()).toHaveAttribute('data-state', state))

/** An app that shows one balance, and its client. */
async function app(props: Parameters<typeof renderApp>[2] = {}) {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  let client!: BalanceClient
  function Grab() {
    client = useBalanceClient()
    return null
  }
  const ui = (more?: boolean) => (
    <>
      <Grab />
      <SolBalance owner={owner} data-testid="b" />
      {more && <SolBalance owner={owner} />}
    </>
  )
  const view = renderApp(ui(), net, props)
  return { net, owner, view, client: () => client, more: () => view.show(ui(true)) }
}

it('counts requests, frames, hits and misses as the node and the screen did', async () => {
  const { net, client, more } = await app()
  await isIn('live')
  const first = client().stats()
  expect(first.requests).toMatchObject({ sent: net.stats().httpRequests, failed: 0 })
  expect(first.requests.bytesIn).toBeGreaterThan(0)
  expect(first.cache).toMatchObject({ entries: 1, observed: 1 })
  expect(first.socket).toMatchObject({ connects: 1, subscriptions: 1, malformed: 0, unknown: 0, ends: {} })
  expect(first.socket?.upMs).toBeGreaterThan(0)
  expect(first.endpoints[0]?.latencyMs).toBeGreaterThanOrEqual(0)
  more()
  expect(client().stats().cache.hits).toBeGreaterThan(first.cache.hits)
  expect(client().stats().cache.misses).toBe(first.cache.misses)
  const { messages } = first.socket ?? { messages: Infinity }
  net.dropSockets(1012)
  await waitFor(() => expect(client().stats().socket).toMatchObject({ connects: 2, ends: { 'closed with 1012': 1 } }))
  await isIn('live')
  expect(client().stats().socket?.messages).toBeGreaterThan(messages)
  expect(JSON.stringify(client().stats())).not.toContain('http')
})

it('says closed when nobody holds the client any more, and is well again when somebody does', async () => {
  const { net, client, view } = await app()
  await isIn('live')
  const held = client()
  view.unmount()
  await waitFor(() => expect(held.status.getState().state).toBe('closed'))
  await waitFor(() => expect(net.stats().sockets).toBe(0))
  const close = held.open()
  await waitFor(() => expect(held.status.getState().state).not.toBe('closed'))
  close()
})

it('takes limits: another socket for what is beyond one, and no longer linger than asked for', async () => {
  const net = await localnet()
  const owners = Array.from({ length: 5 }, newAddress)
  for (const owner of owners) net.fund(owner, 1n)
  const view = renderApp(
    owners.map((owner) => <SolBalance key={owner} owner={owner} />),
    net,
    { limits: { subscriptionsPerSocket: 2, lingerMs: 100, unsubscribeAfterMs: 50 } },
  )
  await waitFor(() => expect(document.querySelectorAll('[data-state="live"]')).toHaveLength(5))
  expect(net.stats()).toMatchObject({ sockets: 3, subscriptions: { account: 5 } })
  view.show(null)
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }), {
    timeout: 2000,
  })
})

it.each([
  ['limits.subscriptionsPerSocket', { limits: { subscriptionsPerSocket: 0 } }],
  ['limits.connectTimeoutMs', { limits: { connectTimeoutMs: Number.NaN } }],
  ['budget.requestsPerSecond', { budget: { requestsPerSecond: Number.NaN } }],
  ['budget.requestsPerSecond', { budget: { requestsPerSecond: -1 } }],
  ['budget.burst', { budget: { burst: 0 } }],
  ['bandwidth', { bandwidth: 'medium' as never }],
  ['endpoints', { endpoints: [], url: undefined }],
  ['url', { endpoints: [{ http: 'http://a.example' }], url: 'ws://b.example' }],
  ['endpoints[1].http', { endpoints: [{ http: 'http://a.example' }, { http: 'nowhere' }], url: undefined }],
  ['endpoints[0].weight', { endpoints: [{ http: 'http://a.example', weight: Number.NaN }], url: undefined }],
  ['endpoints[0].ws', { endpoints: [{ http: 'http://a.example', ws: 'http://a.example' }], url: undefined }],
] as const)('names %s when it is wrong', async (argument, props) => {
  const { client } = await app(props)
  await isIn('error')
  expect(client().status.getState().lastError).toMatchObject({ context: { argument } })
})

import { screen, waitFor } from '@testing-library/react'
import { WebSocketProvider } from 'lamplight'
import { expect, it } from 'vitest'
import { change, politely, scriptedNode } from '../faults/scriptedNode.js'
import { Connection, createTruth, type UpdateSource, Witness } from '../faults/witness.js'
import { renderApp, webSocket } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string, id = 'b') => waitFor(() => expect(at(id)).toHaveAttribute('data-state', state))
const shows = (text: string, id = 'b') => waitFor(() => expect(at(id)).toHaveTextContent(text))
const shownIn = (sightings: readonly UpdateSource[]) => sightings.flatMap(({ lamports }) => lamports ?? [])

/** Accounts a, b and c on one scripted node. */
async function scriptedApp(names = ['b']) {
  const node = await scriptedNode()
  const accounts = names.map((id) => ({ id, owner: newAddress(), sightings: [] as UpdateSource[] }))
  const ui = (
    <>
      {accounts.map((each) => (
        <Witness key={each.id} {...each} pollInterval={60_000} />
      ))}
      <Connection />
    </>
  )
  const ownerOf = (id: string) => accounts.find((each) => each.id === id)?.owner
  return { node, ownerOf, sightings: accounts[0]?.sightings ?? [], accounts, start: () => renderApp(ui, node) }
}

it('fault 2: after a close with 1000 the app reconnects, subscribes again and shows what changed meanwhile', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const sightings: UpdateSource[] = []
  const truth = createTruth(1n)
  renderApp(<Witness owner={owner} sightings={sightings} id="b" pollInterval={60_000} />, net)
  await isIn('live')
  net.dropSockets(1000)
  await waitFor(() => expect(at()).not.toHaveAttribute('data-state', 'live'))
  net.fund(owner, 1n)
  truth.now(2n)
  await shows('2')
  await isIn('live')
  expect(net.stats()).toMatchObject({ socketsOpened: 2, sockets: 1, subscriptions: { account: 1 } })
  expect(truth.wrongIn(sightings, 0)).toEqual([])
  net.fund(owner, 1n)
  await shows('3')
})

it('fault 9: a key that the node refuses for good is asked for once, and the others are live', async () => {
  const { node, ownerOf, start } = await scriptedApp(['b', 'bad'])
  const polite = politely()
  node.answer = (call, line) => (call.params[0] === ownerOf('bad') ? line.refuse(call, -32602) : polite(call, line))
  start()
  await isIn('live')
  await waitFor(() => expect(at('bad')).toHaveTextContent('1'))
  expect(at('bad')).not.toHaveAttribute('data-state', 'live')
  node.say(change(0, 2, 2))
  await shows('2')
  expect(node.calls.filter(({ params }) => params[0] === ownerOf('bad'))).toHaveLength(1)
})

it('fault 12: two accounts share a connection with id 0, and each value reaches its own', async () => {
  const { node, accounts, start } = await scriptedApp(['b', 'other'])
  start()
  await isIn('live')
  await isIn('live', 'other')
  node.say(change(0, 2, 20))
  node.say(change(1, 2, 30))
  await shows('20')
  await shows('30', 'other')
  for (const [i, lamports] of [20n, 30n].entries())
    expect(new Set(shownIn(accounts[i]?.sightings ?? []))).toEqual(new Set([1n, lamports]))
})

it('fault 12: equal balances make one call, and the last to leave ends it, without a leak', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const sightings: UpdateSource[] = []
  const show = (count: number) =>
    Array.from({ length: count }, (_, i) => `b${i}`).map((id) => (
      <Witness key={id} id={id} owner={owner} sightings={sightings} />
    ))
  const view = renderApp(show(10), net)
  await isIn('live', 'b9')
  view.show(show(1))
  net.fund(owner, 1n)
  await shows('2', 'b0')
  expect(net.stats().wsCalls).toMatchObject({ accountSubscribe: 1 })
  expect(net.stats().wsCalls).not.toHaveProperty('accountUnsubscribe')
  view.show(null)
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(0))
  expect(net.stats().wsCalls).toMatchObject({ accountSubscribe: 1, accountUnsubscribe: 1 })
})

it('fault 12: an account nobody wants any more when its acknowledgement comes is unsubscribed', async () => {
  const net = await localnet()
  const [kept, gone] = [newAddress(), newAddress()]
  net.fund(kept, 1n)
  net.fund(gone, 9n)
  const sightings: UpdateSource[] = []
  const truth = createTruth(1n)
  const view = renderApp(<Witness owner={kept} sightings={sightings} id="b" />, net)
  await isIn('live')
  // Longer than the grace of an unsubscribe.
  net.faults.add({ on: 'wsCall', method: 'accountSubscribe', times: 1, do: { delayMs: 2600 } })
  view.show([
    <Witness key="b" owner={kept} sightings={sightings} id="b" />,
    <Witness key="g" owner={gone} sightings={[]} id="gone" />,
  ])
  await waitFor(() => expect(net.stats().wsCalls).toMatchObject({ accountSubscribe: 2 }))
  view.show(<Witness owner={kept} sightings={sightings} id="b" />)
  await waitFor(() => expect(net.stats().wsCalls).toMatchObject({ accountUnsubscribe: 1 }))
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(1))
  net.fund(kept, 1n)
  truth.now(2n)
  await shows('2')
  expect(truth.wrongIn(sightings, 2000)).toEqual([])
})

it('fault 13: a notification that overtakes its acknowledgement is delivered', async () => {
  const { node, start } = await scriptedApp()
  node.answer = (call, line) => {
    if (call.method !== 'accountSubscribe') return line.result(call, true)
    line.say(change(7, 5, 50))
    line.result(call, 7)
  }
  start()
  await shows('50')
})

it('fault 13: unknown ids, ids as texts and fields nobody knows are taken as they come', async () => {
  const { node, sightings, start } = await scriptedApp()
  node.answer = (call, line) => line.result(call, call.method === 'accountSubscribe' ? 'sub-a' : true)
  start()
  await isIn('live')
  node.say(change('someone-else', 3, 666))
  node.say(change(0, 3, 667))
  node.say(change('sub-a', 2, 40, { apiVersion: '9.9.9', shard: { of: [1] }, extra: null }))
  await shows('40')
  expect(at()).toHaveAttribute('data-state', 'live')
  expect(new Set(shownIn(sightings))).toEqual(new Set([1n, 40n]))
  expect(node.opened).toBe(1)
})

it('fault 16: of slots 10, 12, 11 and 12 the app shows 10 and 12, each once', async () => {
  const { node, sightings, start } = await scriptedApp(['b', 'fence'])
  start()
  await isIn('live')
  await isIn('live', 'fence')
  for (const [i, slot] of [10, 12, 11, 12].entries()) {
    node.say(change(0, slot, slot))
    // What comes after it on the same socket is on screen: so would this be.
    node.say(change(1, 20 + i, 100 + i))
    await shows(String(100 + i), 'fence')
  }
  expect(at()).toHaveTextContent('12')
  const shown = shownIn(sightings)
  expect(shown.slice(shown.indexOf(10n))).toEqual([10n, 12n])
})

it('fault 10: a node without subscriptions (−32601) is polled, and called nothing better than that', async () => {
  const node = await scriptedNode()
  node.answer = (call, line) =>
    call.method === 'accountSubscribe' ? line.refuse(call, -32601) : line.result(call, true)
  const sightings: UpdateSource[] = []
  renderApp(<Witness owner={newAddress()} sightings={sightings} id="b" pollInterval={300} />, node)
  await isIn('polling')
  node.holds(2, 2)
  await shows('2')
  expect(sightings.map(({ state }) => state)).not.toContain('live')
  expect(node.count('accountSubscribe')).toBe(1)
  expect(node.opened).toBe(1)
})

it('fault 20: with the endpoint switched while its reads and subscriptions are on their way, nothing of it arrives', async () => {
  const [a, b] = [await localnet(), await localnet()]
  const owner = newAddress()
  a.fund(owner, 11n)
  b.fund(owner, 22n)
  // In flight at the moment of the switch: the read, and the acknowledgement.
  a.faults.add({ on: 'http', do: { delayMs: 400 } })
  a.faults.add({ on: 'wsCall', do: { delayMs: 400 } })
  let settled = 0
  const fetch: typeof globalThis.fetch = (...args) => globalThis.fetch(...args).finally(() => settled++)
  const sightings: UpdateSource[] = []
  const ui = (node: { readonly rpcUrl: string; readonly wsUrl: string }) => (
    <WebSocketProvider rpcUrl={node.rpcUrl} url={node.wsUrl} webSocket={webSocket} firstReadDelayMs={0} fetch={fetch}>
      <Witness owner={owner} sightings={sightings} id="b" />
    </WebSocketProvider>
  )
  const view = renderApp(ui(a), a, { url: false })
  await waitFor(() => expect(a.stats()).toMatchObject({ httpRequests: 1, wsCalls: { accountSubscribe: 1 } }))
  expect(settled).toBe(0)
  view.show(ui(b))
  await isIn('live')
  await waitFor(() => expect(settled).toBe(a.stats().httpRequests + b.stats().httpRequests))
  await waitFor(() => expect(a.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }))
  // All that was asked has been answered, and a later change of each shows whose is heard.
  a.fund(owner, 100n)
  b.fund(owner, 100n)
  await shows('122')
  expect(new Set(shownIn(sightings))).toEqual(new Set([22n, 122n]))
  expect(b.stats()).toMatchObject({ sockets: 1, subscriptions: { account: 1 } })
})

it('fault 20: the cache of one endpoint is not the other’s, there and back again', async () => {
  const [a, b] = [await localnet(), await localnet()]
  const owner = newAddress()
  a.fund(owner, 11n)
  b.fund(owner, 22n)
  const shown: string[] = []
  const ui = (name: string, node: { readonly rpcUrl: string; readonly wsUrl: string }) => {
    const sightings: UpdateSource[] = []
    const push = (origin: UpdateSource) => shown.push(`${name}:${origin.lamports}`)
    return (
      <WebSocketProvider rpcUrl={node.rpcUrl} url={node.wsUrl} webSocket={webSocket}>
        <Witness owner={owner} sightings={Object.assign(sightings, { push })} id="b" />
      </WebSocketProvider>
    )
  }
  const view = renderApp(ui('a', a), a, { url: false })
  for (const [name, node, text] of [
    ['b', b, '22'],
    ['a', a, '11'],
    ['b', b, '22'],
  ] as const) {
    view.show(ui(name, node))
    await shows(text)
    await isIn('live')
  }
  expect(shown.filter((each) => !/^(a:(11|undefined)|b:(22|undefined))$/.test(each))).toEqual([])
})

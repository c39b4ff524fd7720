import { screen, waitFor } from '@testing-library/react'
import type { WebSocketProviderProps } from 'lamplight'
import { expect, it, onTestFinished } from 'vitest'
import { createSocketTally } from '../faults/socketTally.js'
import { Connection, createTruth, type UpdateSource, Witness } from '../faults/witness.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'
import { startTcpProxy } from '../support/tcpProxy.js'

const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string, id = 'b') => waitFor(() => expect(at(id)).toHaveAttribute('data-state', state))
const shows = (text: string) => waitFor(() => expect(at()).toHaveTextContent(text))

/** An app whose socket passes a TCP proxy; reads go to the node directly. */
async function appBehindProxy(props: Partial<WebSocketProviderProps> = {}, pollInterval = 300) {
  const net = await localnet()
  const proxy = await startTcpProxy(net.wsUrl)
  onTestFinished(() => proxy.refuse())
  const owner = newAddress()
  net.fund(owner, 1n)
  const sightings: UpdateSource[] = []
  const truth = createTruth(1n)
  const tally = createSocketTally()
  const start = () =>
    renderApp(
      <>
        <Witness owner={owner} sightings={sightings} id="b" pollInterval={pollInterval} />
        <Connection />
      </>,
      { rpcUrl: net.rpcUrl, wsUrl: proxy.url },
      { webSocket: tally.webSocket, ...props },
    )
  let total = 1n
  const add = (lamports: bigint) => {
    total += lamports
    net.fund(owner, lamports)
    truth.now(total)
  }
  return { net, proxy, sightings, truth, tally, start, add }
}

const heartbeat = { probeAfterMs: 400, suspectAfterMs: 300, deadAfterMs: 1000 }
const subscribes = (sent: readonly string[]) => sent.filter((text) => text.includes('"accountSubscribe"')).length

it.each(['both', 'down', 'up'] as const)(
  'fault 1: a black hole (%s) is suspected, read around and replaced, and nothing wrong is called live for longer',
  async (direction) => {
    const { net, proxy, sightings, truth, tally, start, add } = await appBehindProxy({ heartbeat })
    start()
    await isIn('live')
    proxy.cut(direction)
    // Cut on the way up only, this is still pushed and rightly live; but nobody hears the probe after it.
    add(4n)
    await isIn('suspect', 'connection')
    expect(at()).not.toHaveAttribute('data-state', 'live')
    await shows('5')
    await isIn('live', 'connection')
    await isIn('live')
    expect(proxy.accepted).toBe(2)
    expect(tally.made()).toBe(2)
    expect(subscribes(tally.sent)).toBe(2)
    const reads = net.stats().httpRequests
    add(1n)
    await shows('6')
    expect(net.stats().httpRequests).toBe(reads)
    // The window is the documented one, and what two busy cores add.
    expect(truth.wrongIn(sightings, heartbeat.probeAfterMs + heartbeat.suspectAfterMs + 1500)).toEqual([])
  },
)

it.each([
  ['an RST', 'reset' as const],
  ['a FIN without a close frame', 'finish' as const],
])('fault 4: after %s the app is back at the first attempt and shows what changed meanwhile', async (_, end) => {
  const { net, proxy, sightings, truth, tally, start, add } = await appBehindProxy({}, 60_000)
  start()
  await isIn('live')
  proxy[end]()
  await isIn('waiting', 'connection')
  expect(Number(at('connection').dataset.retry) - Date.now()).toBeLessThanOrEqual(1000)
  add(4n)
  await shows('5')
  await isIn('live')
  expect(tally.made()).toBe(2)
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 1, subscriptions: { account: 1 } }))
  add(1n)
  await shows('6')
  expect(
    truth.wrongIn(
      sightings.filter(({ lamports }) => lamports !== 5n),
      0,
    ),
  ).toEqual([])
  expect(truth.wrongIn(sightings, 2000)).toEqual([])
})

it('fault 4: a server that refuses connections for a while is found again', async () => {
  const { proxy, sightings, truth, tally, start, add } = await appBehindProxy({ backoff: { baseMs: 50, capMs: 300 } })
  start()
  await isIn('live')
  await proxy.refuse()
  await waitFor(() => expect(tally.made()).toBeGreaterThanOrEqual(3))
  add(4n)
  await shows('5')
  expect(at()).toHaveAttribute('data-state', 'polling')
  await proxy.accept()
  await isIn('live')
  add(1n)
  await shows('6')
  expect(truth.wrongIn(sightings, 2000)).toEqual([])
})

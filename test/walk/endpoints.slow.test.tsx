import { screen, waitFor } from '@testing-library/react'
import { type BalanceClient, useBalanceClient, type WebSocketProviderProps } from 'lamplight'
import { expect, it } from 'vitest'
import { createSocketTally } from '../faults/socketTally.js'
import { Connection, createTruth, type UpdateSource, Witness } from '../faults/witness.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string, id = 'b') => waitFor(() => expect(at(id)).toHaveAttribute('data-state', state))
const shows = (text: string) => waitFor(() => expect(at()).toHaveTextContent(text), { timeout: 10_000 })
const SLOT_MS = 200
const BEHIND = 20

/** An app over two nodes of one chain, one of them behind, that shows one balance. */
async function appOverTwo(order: 'ahead first' | 'behind first', props: Partial<WebSocketProviderProps> = {}) {
  const net = await localnet({ automine: false, slotMs: SLOT_MS })
  const [ahead, behind] = [await net.node(), await net.node({ behind: BEHIND })]
  const owner = newAddress()
  net.fund(owner, 1n)
  net.tick(3 * BEHIND)
  const nodes = order === 'ahead first' ? [ahead, behind] : [behind, ahead]
  const sightings: UpdateSource[] = []
  const truth = createTruth(1n)
  const tally = createSocketTally()
  let client!: BalanceClient
  function Grab() {
    client = useBalanceClient()
    return null
  }
  renderApp(
    <>
      <Grab />
      <Witness owner={owner} sightings={sightings} id="b" pollInterval={100} />
      <Connection />
    </>,
    ahead,
    {
      url: undefined,
      endpoints: nodes.map(({ rpcUrl, wsUrl }) => ({ http: rpcUrl, ws: wsUrl })),
      webSocket: tally.webSocket,
      budget: { requestsPerSecond: 0 },
      ...props,
    },
  )
  let total = 1n
  const add = (lamports: bigint) => {
    total += lamports
    net.fund(owner, lamports)
    truth.now(total)
  }
  const neverBack = () => {
    const seen = sightings.flatMap(({ lamports }) => lamports ?? [])
    expect(seen).toEqual([...seen].sort((a, b) => Number(a - b)))
  }
  return { net, ahead, behind, sightings, truth, tally, client: () => client, add, neverBack }
}

it('reads that alternate between a node and one 20 slots behind never take a value back; that one is ranked last', async () => {
  const { ahead, behind, add, neverBack, client } = await appOverTwo('ahead first', { url: false })
  await shows('1')
  for (let i = 0; i < 4; i++) {
    add(1n)
    await shows(String(i + 2))
    // The next read finds the first node failing, and goes to the other one.
    ahead.faults.add({ on: 'http', times: 1, do: { status: 500 } })
    const before = behind.stats().httpRequests
    await expect.poll(() => behind.stats().httpRequests, { timeout: 5000 }).toBeGreaterThan(before)
  }
  neverBack()
  const [first, second] = client().endpoints()
  expect(second?.slotLag).toBeGreaterThanOrEqual(BEHIND / 2)
  expect(first?.slotLag ?? 0).toBeLessThanOrEqual(2)
  const { httpRequests } = behind.stats()
  add(1n)
  await shows('6')
  expect(behind.stats().httpRequests - httpRequests).toBeLessThanOrEqual(1)
})

it('a socket whose node falls behind moves to the other node', async () => {
  const { add, behind, ahead, client, neverBack } = await appOverTwo('behind first')
  await shows('1')
  // Both are known once each has told of a slot: the audit and the probes see to that, and here a read through each.
  behind.faults.add({ on: 'http', times: 2, do: { status: 500 } })
  for (let i = 0; i < 3; i++) await client().readAccount({ address: newAddress() as never, commitment: 'confirmed' })
  add(1n)
  await expect.poll(() => ahead.stats().sockets, { timeout: 10_000 }).toBe(1)
  await isIn('live', 'connection')
  await isIn('live')
  await shows('2')
  expect(behind.stats()).toMatchObject({ sockets: 0, socketsOpened: 1 })
  neverBack()
})

it('when the first node is gone, requests and socket go to the second, and nothing wrong is called live', async () => {
  const { ahead, behind, add, sightings, truth, neverBack, client, tally } = await appOverTwo('ahead first')
  await isIn('live')
  add(1n)
  await shows('2')
  expect(ahead.stats().sockets).toBe(1)
  await ahead.stop()
  add(1n)
  await expect.poll(() => behind.stats().sockets, { timeout: 10_000 }).toBe(1)
  await shows('3')
  await isIn('live', 'connection')
  await isIn('live')
  add(1n)
  await shows('4')
  expect(behind.stats().httpRequests).toBeGreaterThan(0)
  expect(tally.made()).toBeLessThanOrEqual(4)
  expect(client().endpoints()[0]?.failures).toBeGreaterThan(0)
  neverBack()
  // What a node tells of late by its lag is late by that on every screen; the rest is what two busy cores add.
  expect(truth.wrongIn(sightings, BEHIND * SLOT_MS + 1500)).toEqual([])
})

it('says which endpoint is wrong', async () => {
  const net = await localnet()
  renderApp(<Witness owner={newAddress()} sightings={[]} id="b" />, net, {
    url: undefined,
    endpoints: [{ http: net.rpcUrl }, { http: 'nowhere' }],
  })
  await isIn('error')
})

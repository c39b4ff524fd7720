import { type AccountRecord, type Address, balanceKeys } from 'lamplight/core'
import { expect, it } from 'vitest'
import { coreClient, createFastClock } from '../faults/coreClient.js'
import { createSocketTally } from '../faults/socketTally.js'
import { until } from '../localnet/wire.js'
import { localnet, newAddress } from '../support/localnet.js'

async function funded(count: number) {
  const net = await localnet()
  const owners = Array.from({ length: count }, newAddress)
  for (const owner of owners) net.fund(owner, 1n)
  net.resetStats()
  return { net, owners }
}

it('fault 26: 250 accounts are subscribed at most 20 at a time, in short frames, on 3 sockets', async () => {
  const { net, owners } = await funded(250)
  // Slow answers, so that calls would pile up if nothing held them back.
  net.faults.add({ on: 'wsCall', method: 'accountSubscribe', do: { delayMs: 20 } })
  const tally = createSocketTally()
  const { follow, isLive } = coreClient(net, { webSocket: tally.webSocket })
  follow(owners)
  await until(() => owners.every(isLive), 'all being live', 15_000)
  expect(net.stats().subscriptions.account).toBe(250)
  expect(net.stats().wsCalls.accountSubscribe).toBe(250)
  expect(tally.made()).toBe(3)
  // Public nodes allow a hundred on one connection.
  expect(Math.max(...tally.callsOf('accountSubscribe'))).toBeLessThanOrEqual(100)
  expect(tally.mostInFlight('accountSubscribe')).toBeLessThanOrEqual(20)
  expect(Math.max(...tally.sent.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(3500)
}, 30_000)

it('a thousand live balances are read in hundreds, and then no more than twice a minute', async () => {
  const { net, owners } = await funded(1000)
  const clock = createFastClock(20)
  const { client, follow, isLive } = coreClient(net, { clock })
  follow(owners)
  await until(() => owners.every(isLive), 'all being live', 20_000)
  // Ten requests would do; on this clock the acknowledgements take so long that some reads go ahead of the rest.
  expect(net.stats().httpRequests).toBeLessThanOrEqual(50)
  net.resetStats()
  const heldOf = (owner: string) =>
    client.queryClient.getQueryData<AccountRecord>(balanceKeys.account(client.cluster, 'confirmed', owner as Address))
  const end = clock.now() + 60_000
  for (let round = 0; clock.now() < end; round++) {
    const owner = owners[round % owners.length] as string
    const before = heldOf(owner)?.lamports ?? 0n
    net.fund(owner, 1n)
    await until(() => heldOf(owner)?.lamports === before + 1n, `change ${round}`)
  }
  await until(() => owners.every(isLive), 'all being live at the end')
  // A minute's audit is ten requests for a thousand accounts, and may come after 48 s as well as after 72.
  expect(net.stats().httpRequests).toBeLessThanOrEqual(20)
  expect(net.stats()).toMatchObject({ socketsOpened: 0 })
  expect(net.stats().wsCalls).not.toHaveProperty('accountSubscribe')
}, 60_000)

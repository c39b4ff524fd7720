import { screen, waitFor } from '@testing-library/react'
import { type TargetInput, type UseBalancesParameters, useBalances } from 'lamplight'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const PATIENCE = { timeout: 15_000 }
let renders = 0

/** One line for each target. */
function Table(parameters: UseBalancesParameters) {
  renders++
  const { results, settled } = useBalances(parameters)
  return (
    <ul data-testid="table" data-settled={settled}>
      {results.map(({ data, error, freshness }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the targets have an order and nothing else.
        <li key={i}>{`${data?.text ?? error?.code ?? '…'} ${freshness}`}</li>
      ))}
    </ul>
  )
}
const lines = () => screen.getAllByRole('listitem').map((item) => item.textContent)
const isSettled = () => expect(screen.getByTestId('table')).toHaveAttribute('data-settled', 'true')

it('shows SOL and tokens of both programs, each with its own error, in one request and one more for Token-2022', async () => {
  const net = await localnet()
  const [a, b] = [newAddress(), newAddress()]
  const classic = net.createMint({ decimals: 2 })
  const extended = net.createMint({ decimals: 0, program: 'token-2022' })
  net.fund(a, 1_000_000_000n)
  net.setTokenBalance({ owner: a, mint: classic, amount: 150n })
  net.setTokenBalance({ owner: b, mint: extended, amount: 7n })
  const targets: TargetInput[] = [
    { owner: a },
    { owner: a, mint: classic },
    { owner: b, mint: extended },
    { owner: 'nonsense' },
    { owner: a, mint: newAddress() },
    { owner: b, mint: classic },
  ]
  net.resetStats()
  renderApp(<Table targets={targets} />, net)
  expect(lines()).toEqual(targets.map(() => '… stale'))
  await waitFor(isSettled, PATIENCE)
  await waitFor(
    () =>
      expect(lines()).toEqual([
        '1 live',
        '1.5 live',
        '7 live',
        'input/invalid-address stale',
        expect.stringMatching(/^account\/no-mint/),
        '0 live',
      ]),
    PATIENCE,
  )
  expect(net.stats().httpRequests).toBe(2)
})

it('reads 250 balances of one mint in three requests, and one change of them renders once', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owners = Array.from({ length: 250 }, newAddress)
  owners.forEach((owner, i) => void net.setTokenBalance({ owner, mint, amount: BigInt(i) }))
  net.resetStats()
  renderApp(<Table targets={owners.map((owner) => ({ owner, mint }))} />, net)
  await waitFor(() => expect(lines()).toEqual(owners.map((_, i) => `${i} live`)), { timeout: 30_000 })
  // 250 accounts and the mint.
  expect(net.stats().httpRequests).toBe(3)
  const before = renders
  const step = renders
  net.setTokenBalance({ owner: owners[0] as string, mint, amount: 1000n })
  await waitFor(() => expect(lines()[0]).toBe('1000 live'), PATIENCE)
  const perRender = renders - step
  net.setTokenBalance({ owner: owners[249] as string, mint, amount: 2000n })
  await waitFor(() => expect(lines()[249]).toBe('2000 live'), PATIENCE)
  // React calls a component twice for a render in StrictMode.
  expect([perRender, renders - before]).toEqual([2, 4])
  expect(net.stats().httpRequests).toBe(3)
}, 60_000)

it('changes of many balances at once render once', async () => {
  const net = await localnet({ automine: false })
  const owners = Array.from({ length: 20 }, newAddress)
  for (const owner of owners) net.fund(owner, 1_000_000_000n)
  net.tick(40)
  renderApp(<Table targets={owners.map((owner) => ({ owner }))} />, net)
  await waitFor(() => expect(lines()).toEqual(owners.map(() => '1 live')), PATIENCE)
  const before = renders
  for (const owner of owners) net.fund(owner, 1_000_000_000n)
  net.tick(40)
  await waitFor(() => expect(lines()).toEqual(owners.map(() => '2 live')), PATIENCE)
  // All came in one or two frames.
  expect(renders - before).toBeLessThanOrEqual(4)
})

it('follows another list, keeps what it shows of it, and lets go of the rest', async () => {
  const net = await localnet()
  const [a, b] = [newAddress(), newAddress()]
  for (const owner of [a, b]) net.fund(owner, 1_000_000_000n)
  const { show } = renderApp(<Table targets={[{ owner: a }]} />, net)
  await waitFor(() => expect(lines()).toEqual(['1 live']), PATIENCE)
  show(<Table targets={[{ owner: a }, { owner: b }]} />)
  expect(lines()[0]).toBe('1 live')
  await waitFor(() => expect(lines()).toEqual(['1 live', '1 live']), PATIENCE)
  const before = renders
  show(<Table targets={[{ owner: a }, { owner: b }]} />)
  expect(renders - before).toBe(2)
  expect(lines()).toEqual(['1 live', '1 live'])
  show(<Table targets={[]} />)
  expect(screen.queryAllByRole('listitem')).toEqual([])
  isSettled()
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(0), PATIENCE)
})

it('asks for nothing while it is disabled, and polls where there is no stream', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  net.resetStats()
  const { show } = renderApp(<Table targets={[{ owner }]} enabled={false} />, net, { url: false })
  await new Promise((resume) => setTimeout(resume, 100))
  expect([net.stats().httpRequests, lines()]).toEqual([0, ['… stale']])
  show(<Table targets={[{ owner }]} pollInterval={300} />)
  await waitFor(() => expect(lines()).toEqual(['1 polling']), PATIENCE)
  net.fund(owner, 1_000_000_000n)
  await waitFor(() => expect(lines()).toEqual(['2 polling']), PATIENCE)
})

it('gives a wrong interval as the error of every target', async () => {
  const net = await localnet()
  renderApp(<Table targets={[{ owner: newAddress() }, { owner: newAddress() }]} pollInterval={-1} />, net)
  await waitFor(() => expect(lines()).toEqual(Array(2).fill('input/invalid-value stale')), PATIENCE)
})

import { fireEvent, screen, waitFor } from '@testing-library/react'
import { useConnectionStatus, useTokenBalance } from 'lamplight'
import { Profiler, type ReactNode } from 'react'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

function Balance({ id, owner, mint }: { readonly id: string; readonly owner: string; readonly mint: string }) {
  const { data, freshness } = useTokenBalance({ owner, mint })
  return <p data-testid={id}>{`${data?.text} ${freshness}`}</p>
}
function Status() {
  const { state, slot } = useConnectionStatus()
  return <p data-testid="status">{`${state} ${slot}`}</p>
}
const text = (id: string) => screen.getByTestId(id).textContent

/** Two balances of one mint and the status, with the commits of each. */
async function page() {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const [a, b] = [newAddress(), newAddress()]
  for (const owner of [a, b]) net.setTokenBalance({ owner, mint, amount: 1n })
  const commits = { a: 0, b: 0, status: 0 }
  const counted = (id: keyof typeof commits, child: ReactNode) => (
    <Profiler
      id={id}
      onRender={() => {
        commits[id]++
      }}
    >
      {child}
    </Profiler>
  )
  renderApp(
    <>
      {counted('a', <Balance id="a" owner={a} mint={mint} />)}
      {counted('b', <Balance id="b" owner={b} mint={mint} />)}
      {counted('status', <Status />)}
    </>,
    net,
  )
  await waitFor(() => expect([text('a'), text('b')]).toEqual(['1 live', '1 live']))
  await waitFor(() => expect(text('status')).toContain('live'))
  return { net, mint, b, commits }
}

it('a balance is rendered without a value, with it, and when it is live: its mint costs no render', async () => {
  const { commits } = await page()
  // Where the value comes together with the stream's word for it, the last two are one.
  expect(Math.max(commits.a, commits.b)).toBeLessThanOrEqual(3)
})

it('what reads no freshness is not rendered for it, and is asked for again all the same while no stream vouches for it', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owner = newAddress()
  net.setTokenBalance({ owner, mint, amount: 1n })
  let [commits, asked] = [0, 'not asked']
  function Amount() {
    const result = useTokenBalance({ owner, mint, pollInterval: 250 })
    return (
      <button type="button" onClick={() => (asked = result.freshness)}>
        {result.data?.text ?? 'nothing'}
      </button>
    )
  }
  renderApp(
    <>
      <Profiler id="amount" onRender={() => void commits++}>
        <Amount />
      </Profiler>
      <Status />
    </>,
    net,
  )
  const button = screen.getByRole('button')
  await waitFor(() => expect(button).toHaveTextContent('1'))
  await waitFor(() => expect(text('status')).toContain('live'))
  expect(commits).toBe(2)
  const requests = net.stats().httpRequests
  net.faults.add({ on: 'wsOpen', do: { status: 503 } })
  net.dropSockets()
  await waitFor(() => expect(text('status')).not.toContain('live'))
  await waitFor(() => expect(net.stats().httpRequests).toBeGreaterThan(requests + 3))
  expect(commits).toBe(2)
  // Whoever asks later hears what is true then, and is rendered from then on.
  fireEvent.click(button)
  expect(asked).toBe('polling')
  net.faults.clear()
  await waitFor(() => expect(text('status')).toContain('live'))
  await waitFor(() => expect(commits).toBeGreaterThan(2))
  const quiet = net.stats().httpRequests
  await new Promise((resume) => setTimeout(resume, 1000))
  expect(net.stats().httpRequests).toBe(quiet)
})

it('a status that changes renders what shows the status, and no balance', async () => {
  const { net, mint, b, commits } = await page()
  const before = { ...commits }
  for (let amount = 2n; amount < 6n; amount++) {
    const slot = text('status')
    net.setTokenBalance({ owner: b, mint, amount })
    await waitFor(() => expect(text('b')).toBe(`${amount} live`))
    await waitFor(() => expect(text('status')).not.toBe(slot))
  }
  expect(commits).toMatchObject({ a: before.a, b: before.b + 4 })
  expect(commits.status).toBeGreaterThanOrEqual(before.status + 4)
})

it('a connection that is lost and found renders each balance when what it says of itself changes, and not in between', async () => {
  const { net, commits } = await page()
  const before = { ...commits }
  net.dropSockets()
  await waitFor(() => expect(text('status')).not.toContain('live'))
  await waitFor(() => expect(text('status')).toContain('live'))
  await waitFor(() => expect([text('a'), text('b')]).toEqual(['1 live', '1 live']))
  // Not live any more, read meanwhile perhaps, and live again; the connection had more states than that.
  expect(commits.a - before.a).toBeLessThanOrEqual(3)
  expect(commits.b - before.b).toBeLessThanOrEqual(3)
  expect(commits.status - before.status).toBeGreaterThanOrEqual(3)
})

import { act, screen, waitFor, within } from '@testing-library/react'
import { useSolBalance } from 'lamplight'
import { SolBalance } from 'lamplight/components'
import { useState } from 'react'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const shown = (id: string) => screen.getByTestId(id)

/** Notes every answer that is on screen. */
function Watched({ owner, seen }: { owner: string; seen: string[] }) {
  const { data, freshness } = useSolBalance({ owner, pollInterval: 250 })
  const now = `${data?.lagging ? 'lagging ' : ''}${freshness}`
  if (data && seen.at(-1) !== now) seen.push(now)
  return null
}

it('says of what a node tells that lags behind the socket that it does, until it has caught up, however often it is asked', async () => {
  const net = await localnet({ automine: false, slotMs: 60_000 })
  const behind = await net.node({ behind: 20 })
  const [paid, late] = [newAddress(), newAddress()]
  net.fund(paid, 1_000_000_000n)
  net.fund(late, 1_000_000_000n)
  net.tick(60)
  const seen: string[] = []
  let showLate = (_: boolean) => {}
  function App() {
    const [isLateShown, setIsLateShown] = useState(false)
    showLate = setIsLateShown
    return (
      <>
        <SolBalance owner={paid} data-testid="paid" />
        {isLateShown && <SolBalance owner={late} pollInterval={250} data-testid="late" />}
        {isLateShown && <Watched owner={late} seen={seen} />}
      </>
    )
  }
  renderApp(<App />, { rpcUrl: behind.rpcUrl, wsUrl: net.wsUrl })
  await waitFor(() => expect(shown('paid')).toHaveTextContent('1 SOL'))
  // Read from a node that is behind the socket's: that nothing has changed since is not known.
  expect(shown('paid')).toHaveAttribute('data-state', 'polling')

  net.fund(paid, 1_000_000_000n)
  net.fund(late, 1_000_000_000n)
  net.tick(2)
  await waitFor(() => expect(shown('paid')).toHaveTextContent('2 SOL'))
  await waitFor(() => expect(shown('paid')).toHaveAttribute('data-state', 'live'))
  act(() => showLate(true))
  await waitFor(() => expect(shown('late')).toHaveAttribute('data-state', 'stale'))
  expect(shown('late')).toHaveTextContent('1 SOL')
  expect(within(shown('late')).getByRole('button')).toHaveAccessibleName(/may be out of date.*behind the chain/)
  // A node that has gone on, and not far enough, is asked again and again and told apart from one that has caught up.
  const asked = behind.stats().httpRequests
  net.tick(5)
  await waitFor(() => expect(behind.stats().httpRequests).toBeGreaterThan(asked + 5))
  expect(shown('late')).toHaveAttribute('data-state', 'stale')

  net.tick(20)
  await waitFor(() => expect(shown('late')).toHaveAttribute('data-state', 'live'))
  expect(shown('late')).toHaveTextContent('2 SOL')
  // Caught up, it may be seen by a poll before the stream vouches for it.
  expect(seen.filter((each) => each !== 'polling')).toEqual(['lagging polling', 'live'])
  expect(seen[0]).toBe('lagging polling')
})

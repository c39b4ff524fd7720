import { screen, waitFor } from '@testing-library/react'
import { useBalanceEvents, useBalanceStream } from 'lamplight'
import { SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'
import { uncaught } from '../support/uncaught.js'

const at = (id: string) => screen.getByTestId(id)

it.each([
  ['throw', (error: Error) => () => void raise(error)],
  ['fail later', (error: Error) => async () => raise(error)],
] as const)('keeps the tree, and values coming, when listeners %s', async (_, make) => {
  const reported = uncaught()
  const net = await localnet()
  const owner = newAddress()
  const [onEvent, debug, events, stream] = ['onEvent', 'debug', 'events', 'stream'].map((name) => new Error(name))
  const heard: string[] = []
  function Listeners() {
    useBalanceEvents(make(events as Error))
    useBalanceEvents(({ type }) => heard.push(type))
    useBalanceStream({ targets: [{ owner }], onChange: make(stream as Error) })
    const { lastSlot } = useBalanceStream({ targets: [{ owner }], onChange: () => heard.push('change') })
    return <p data-testid="slot">{String(lastSlot)}</p>
  }
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b" />
      <Listeners />
    </>
  )
  renderApp(ui, net, { onEvent: make(onEvent as Error), debug: make(debug as Error) })
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'live'))
  net.fund(owner, 5_000_000_000n)
  await waitFor(() => expect(at('b')).toHaveTextContent('5 SOL'))
  net.fund(owner, 2_000_000_000n)
  await waitFor(() => expect(at('b')).toHaveTextContent('7 SOL'))
  expect(at('b')).toHaveAttribute('data-state', 'live')
  expect(heard.filter((type) => type === 'balance:updated').length).toBeGreaterThanOrEqual(2)
  expect(heard).toContain('change')
  expect(at('slot')).not.toHaveTextContent('null')
  await waitFor(() => expect(new Set(reported)).toEqual(new Set([onEvent, debug, events, stream])))
})

function raise(error: Error): never {
  throw error
}

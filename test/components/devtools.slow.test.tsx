import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { SolBalance } from 'lamplight/components'
import { BalanceDevtools } from 'lamplight/devtools'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reportOf } from '../../src/devtools/snapshot.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const KEY = 's3cr3t-key'

async function shown() {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const rpcUrl = `${net.rpcUrl}/?api-key=${KEY}`
  const wsUrl = `${net.wsUrl}/?api-key=${KEY}`
  renderApp(
    <>
      <SolBalance owner={owner} data-testid="b" />
      <BalanceDevtools />
    </>,
    { rpcUrl, wsUrl },
    { cluster: `https://node.example/v2/${KEY}`, backoff: { baseMs: 20, capMs: 20 } },
  )
  const isIn = (state: string, text: string) =>
    waitFor(() => {
      expect(screen.getByTestId('b')).toHaveAttribute('data-state', state)
      expect(screen.getByTestId('b')).toHaveTextContent(text)
    })
  await isIn('live', '1 SOL')
  await userEvent.click(await screen.findByRole('button', { name: 'Lamplight' }))
  const panel = screen.getByRole('region', { name: 'Lamplight devtools' })
  const press = (name: string) => userEvent.click(within(panel).getByRole('button', { name }))
  const says = (text: string | RegExp) => waitFor(() => expect(panel).toHaveTextContent(text))
  return { net, owner, panel, press, says, isIn }
}

describe('the developer tools', () => {
  it('show the connection, every account, and its last five changes', async () => {
    const { net, owner, panel, says } = await shown()
    await says(/This tab(alone|leader)/)
    await says(/Budget\d+ of 20 free/)
    await says(/Accounts\s*1/)
    for (let i = 0; i < 7; i++) {
      await act(async () => void net.fund(owner, 1_000_000_000n))
      await says(new RegExp(`${i + 2} SOL \\(stream`))
    }
    const row = within(panel).getByRole('row', { name: /SOL/ })
    expect(row.textContent?.match(/\(stream, slot/g)).toHaveLength(5)
    expect(row).toHaveAttribute('data-state', 'live')
  })

  it('drop the connection, which comes back, and tell of it', async () => {
    const { panel, press, isIn } = await shown()
    await press('Drop the connection')
    const steps = () => [...panel.querySelectorAll('[data-part="timeline"] b')].map(({ textContent }) => textContent)
    await waitFor(() => expect(steps()).toEqual(expect.arrayContaining(['suspended', 'live'])))
    await waitFor(() => expect(steps()[0]).toBe('live'))
    await isIn('live', '1 SOL')
  })

  it('hold the stream until it is let go', async () => {
    const { net, owner, panel, press, says, isIn } = await shown()
    await press('Pause the stream')
    await says(/suspended/)
    await waitFor(() =>
      expect(within(panel).getByRole('button', { name: 'Pause the stream', pressed: true })).toBeVisible(),
    )
    await waitFor(() => expect(screen.getByTestId('b')).not.toHaveAttribute('data-state', 'live'))
    net.fund(owner, 1_000_000_000n)
    await press('Pause the stream')
    await isIn('live', '2 SOL')
  })

  it('clear the cache, and what is shown is read anew', async () => {
    const { press, isIn, says } = await shown()
    await says(/stream/)
    await press('Clear the cache')
    await isIn('live', '1 SOL')
  })

  it('copy a report that holds everything and no secret', async () => {
    const { owner, press, says } = await shown()
    const copied: string[] = []
    const { clipboard } = navigator
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: { writeText: async (text: string) => void copied.push(text) },
    })
    onTestFinished(() => void Object.defineProperty(navigator, 'clipboard', { configurable: true, value: clipboard }))
    await press('Copy the report')
    await says(/Copied/)
    const report = JSON.parse(copied[0] as string)
    expect(report).toMatchObject({ status: { state: 'live' }, stats: { requests: {} }, timeline: expect.any(Array) })
    expect(report.accounts).toEqual([expect.objectContaining({ address: owner, text: '1 SOL', freshness: 'live' })])
    expect(copied[0]).not.toContain(KEY)
    // A name that is an address is hashed.
    expect(report.cluster).toMatch(/^[0-9a-z]{4,7}$/)
  })

  it('leave only the host of an address, wherever it stands', () => {
    const why = `see wss://me:${KEY}@node.example:8900/v2/${KEY}?k=${KEY}#${KEY} or http://a.b/${KEY}, "https://c.d?${KEY}"`
    const report = reportOf({ timeline: [{ why }], at: 5n } as never)
    expect(report).not.toContain(KEY)
    expect(JSON.parse(report).timeline[0].why).toBe('see wss://node.example:8900 or http://a.b "https://c.d"')
    expect(JSON.parse(report).at).toBe('5')
  })

  it('close with Escape, and the focus is on the button again', async () => {
    const { press } = await shown()
    await press('Clear the cache')
    await userEvent.keyboard('{Escape}')
    expect(screen.queryByRole('region', { name: 'Lamplight devtools' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Lamplight' })).toHaveFocus()
  })
})

import { ConnectionProvider, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import { useSolBalance, useTokenBalance, WebSocketProvider } from 'lamplight'
import { useTransferSol, useTransferToken } from 'lamplight/actions'
import type { Localnet } from 'lamplight-localnet'
import { type ReactNode, StrictMode } from 'react'
import { expect, it } from 'vitest'
import { webSocket } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'
import { uncaught } from '../support/uncaught.js'
import { WalletControls } from '../support/walletControls.js'

/** A burner whose person can say no, or make it wait. */
class Wallet extends UnsafeBurnerWalletAdapter {
  answer: () => void | Promise<void> = () => {}
  asked = 0
  override async signTransaction(transaction: never): Promise<never> {
    this.asked++
    await this.answer()
    return super.signTransaction(transaction) as Promise<never>
  }
}

const press = (name: string) => act(async () => screen.getByText(name).click())
const phase = () => screen.getByTestId('phase').textContent

async function app(net: Localnet, wallet: Wallet, children: ReactNode) {
  render(
    <StrictMode>
      <ConnectionProvider endpoint={net.rpcUrl}>
        <WalletProvider wallets={[wallet]} localStorageKey={String(Math.random())}>
          <QueryClientProvider client={new QueryClient()}>
            <WebSocketProvider url={net.wsUrl} webSocket={webSocket}>
              <WalletControls name={wallet.name} />
              {children}
            </WebSocketProvider>
          </QueryClientProvider>
        </WalletProvider>
      </ConnectionProvider>
    </StrictMode>,
  )
  await press('select')
  await press('connect')
  await waitFor(() => expect(wallet.publicKey).not.toBeNull())
  net.fund(wallet.publicKey as never, 1_000_000_000n)
}

/** Everything that a person would see at one moment. */
function Sol({ to, seen }: { to: string; seen: string[] }) {
  const { mutate, phase, quote, error, signature } = useTransferSol()
  const { data } = useSolBalance()
  const sum = data ? data.lamports + data.pending : null
  const text = `${sum}`
  if (data && seen.at(-1) !== text) seen.push(text)
  return (
    <>
      <button type="button" onClick={() => mutate({ to, lamports: 100_000_000n })}>
        send
      </button>
      <p data-testid="phase">{phase}</p>
      <p data-testid="quote">{String(quote?.networkFee)}</p>
      <p data-testid="error">{error?.code}</p>
      <p data-testid="signed">{String(signature !== null)}</p>
      <p data-testid="sum">{text}</p>
      <p data-testid="pending">{String(data?.pending)}</p>
    </>
  )
}

const dropped = { on: 'http', method: 'sendTransaction', do: { raw: '{"jsonrpc":"2.0","result":"x"}' } } as const

it('sends SOL by a click: the amount moves once, when it is signed', async () => {
  const net = await localnet()
  const [wallet, to, seen] = [new Wallet(), newAddress(), [] as string[]]
  await app(net, wallet, <Sol to={to} seen={seen} />)
  await waitFor(() => expect(screen.getByTestId('sum')).toHaveTextContent('1000000000'))
  expect(phase()).toBe('idle')
  const from = seen.length
  await act(async () => {
    screen.getByText('send').click()
    screen.getByText('send').click()
  })
  await waitFor(() => expect(phase()).toBe('confirmed'))
  await waitFor(() => expect(screen.getByTestId('pending')).toHaveTextContent(/^0$/))
  expect(screen.getByTestId('quote')).toHaveTextContent('5000')
  expect(screen.getByTestId('signed')).toHaveTextContent('true')
  expect(seen.slice(from)).toEqual(['899995000'])
  expect(wallet.asked).toBe(1)
  expect(net.ledger.head(to as never)?.lamports).toBe(100_000_000n)
})

it('takes a refusal for what it is, and tries again when asked to', async () => {
  const net = await localnet()
  const [wallet, to, seen] = [new Wallet(), newAddress(), [] as string[]]
  await app(net, wallet, <Sol to={to} seen={seen} />)
  await waitFor(() => expect(screen.getByTestId('sum')).toHaveTextContent('1000000000'))
  wallet.answer = () => {
    throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
  }
  await press('send')
  await waitFor(() => expect(phase()).toBe('rejected'))
  expect(screen.getByTestId('error')).toHaveTextContent('wallet/rejected')
  expect(screen.getByTestId('pending')).toHaveTextContent(/^0$/)
  wallet.answer = () => {}
  await press('send')
  await waitFor(() => expect(phase()).toBe('confirmed'))
})

it('leaves nothing of a wallet that disconnects while its transaction is under way', async () => {
  const net = await localnet()
  const [wallet, to, seen] = [new Wallet(), newAddress(), [] as string[]]
  function Theirs() {
    const { data } = useSolBalance({ owner: to })
    return <p data-testid="theirs">{`${data?.lamports}+${data?.pending}`}</p>
  }
  await app(
    net,
    wallet,
    <>
      <Sol to={to} seen={seen} />
      <Theirs />
    </>,
  )
  await waitFor(() => expect(screen.getByTestId('sum')).toHaveTextContent('1000000000'))
  net.faults.add(dropped)
  await press('send')
  await waitFor(() => expect(phase()).toBe('confirming'))
  expect(screen.getByTestId('theirs')).toHaveTextContent('0+100000000')
  expect(screen.getByTestId('pending')).toHaveTextContent('-100005000')
  await press('disconnect')
  await waitFor(() => expect(phase()).toBe('idle'))
  await waitFor(() => expect(screen.getByTestId('theirs')).toHaveTextContent(/^0\+0$/))
  expect(screen.getByTestId('error')).toBeEmptyDOMElement()
})

it.each(['token', 'token-2022'] as const)(
  'shows tokens of the program %s leave here and arrive there',
  async (program) => {
    const net = await localnet()
    const [wallet, to] = [new Wallet(), newAddress()]
    const mint = net.createMint({ decimals: 2, program })
    net.setTokenBalance({ owner: to, mint, amount: 5n })
    const sums = new Map<string, Set<bigint>>()
    function Tokens({ name, owner }: { name: string; owner?: string }) {
      const { data } = useTokenBalance({ mint, ...(owner && { owner }) })
      if (data) sums.set(name, (sums.get(name) ?? new Set()).add(data.amount + data.pending))
      return <p data-testid={name}>{`${data?.amount} ${data?.pending}`}</p>
    }
    function Send() {
      const { mutate, phase } = useTransferToken()
      return (
        <>
          <button type="button" onClick={() => mutate({ mint, to, amount: '0.4' })}>
            send
          </button>
          <p data-testid="phase">{phase}</p>
        </>
      )
    }
    await app(
      net,
      wallet,
      <>
        <Tokens name="mine" />
        <Tokens name="theirs" owner={to} />
        <Send />
      </>,
    )
    net.setTokenBalance({ owner: wallet.publicKey as never, mint, amount: 100n })
    await waitFor(() => expect(screen.getByTestId('mine')).toHaveTextContent('100 0'))
    await press('send')
    await waitFor(() => expect(phase()).toBe('confirmed'))
    await waitFor(() => expect(screen.getByTestId('mine')).toHaveTextContent('60 0'))
    await waitFor(() => expect(screen.getByTestId('theirs')).toHaveTextContent('45 0'))
    expect([...(sums.get('mine') as Set<bigint>)].filter((sum) => sum > 0n)).toEqual([100n, 60n])
    expect([...(sums.get('theirs') as Set<bigint>)]).toEqual([5n, 45n])
  },
)

it('stays confirmed whatever the app’s own callbacks throw, and is busy no longer than its mutation', async () => {
  const reported = uncaught()
  const net = await localnet()
  const [wallet, to] = [new Wallet(), newAddress()]
  const errors = Object.fromEntries(['onMutate', 'onSuccess', 'onSettled', 'onProgress'].map((n) => [n, new Error(n)]))
  const raise = (name: string) => () => {
    throw errors[name]
  }
  const states: string[] = []
  function Send() {
    const mutation = { onMutate: raise('onMutate'), onSuccess: raise('onSuccess'), onSettled: raise('onSettled') }
    const { mutate, phase, status } = useTransferSol({ mutation, onProgress: raise('onProgress') })
    states.push(`${status} ${phase}`)
    return (
      <>
        <button type="button" onClick={() => mutate({ to, lamports: 100_000_000n })}>
          send
        </button>
        <p data-testid="phase">{phase}</p>
        <p data-testid="status">{status}</p>
      </>
    )
  }
  await app(net, wallet, <Send />)
  await press('send')
  await waitFor(() => expect(screen.getByTestId('status')).toHaveTextContent('success'))
  expect(phase()).toBe('confirmed')
  expect(new Set(reported)).toEqual(new Set(Object.values(errors)))
  // A second one has never the first one's last word.
  states.length = 0
  await press('send')
  await waitFor(() => expect(states.at(-1)).toBe('success confirmed'))
  expect(states).not.toContain('pending confirmed')
  expect(states).toContain('pending building')
})

it('ends as failed when what fails is nothing it knows of', async () => {
  const net = await localnet()
  const wallet = new Wallet()
  const broken = { toString: () => 'x' } as never
  function Send() {
    const { mutate, phase, error, isPending } = useTransferSol()
    return (
      <>
        <button type="button" onClick={() => mutate({ to: broken, lamports: 100_000_000n })}>
          send
        </button>
        <p data-testid="phase">{phase}</p>
        <p data-testid="error">{`${isPending} ${error?.message}`}</p>
      </>
    )
  }
  await app(net, wallet, <Send />)
  await press('send')
  await waitFor(() => expect(phase()).toBe('failed'))
  await waitFor(() => expect(screen.getByTestId('error')).toHaveTextContent(/^false ./))
})

it('lets go of a wallet that never answers, by cancel and by reset', async () => {
  const net = await localnet()
  const wallet = new Wallet()
  function Send() {
    const { mutate, cancel, reset, phase, error } = useTransferSol()
    return (
      <>
        <button type="button" onClick={() => mutate({ to: newAddress(), lamports: 100_000_000n })}>
          send
        </button>
        <button type="button" onClick={cancel}>
          cancel
        </button>
        <button type="button" onClick={reset}>
          reset
        </button>
        <p data-testid="phase">{phase}</p>
        <p data-testid="error">{error?.code}</p>
      </>
    )
  }
  await app(net, wallet, <Send />)
  let sign = () => {}
  wallet.answer = () =>
    new Promise<void>((done) => {
      sign = done
    })
  for (const [how, end, code] of [
    ['cancel', 'cancelled', 'action/cancelled'],
    ['reset', 'idle', ''],
  ] as const) {
    await press('send')
    await waitFor(() => expect(phase()).toBe('signing'))
    await press(how)
    await waitFor(() => expect(phase()).toBe(end))
    expect(screen.getByTestId('error').textContent).toBe(code)
    await act(async () => sign())
  }
  await act(async () => new Promise((done) => setTimeout(done, 100)))
  expect(net.stats().requests.sendTransaction).toBe(undefined)
})

import { SolanaProvider as GillProvider, useTokenAccount } from '@gillsdk/react'
import { createClient } from '@solana/client'
import { type Address, createSolanaRpc, createSolanaRpcSubscriptions } from '@solana/kit'
import { ClientProvider, useClient, useTrackedData } from '@solana/react'
import { SolanaProvider, useAccount, useSplToken } from '@solana/react-hooks'
import { QueryClient } from '@tanstack/react-query'
import { createSolanaClient } from 'gill'
import { type ReactNode, useMemo } from 'react'
import { type Adapter, type OwnedRow, Row, type Setting } from '../page/setting.js'
import { amountOf } from '../page/wire.js'

type RowOf = (row: Setting['rows'][number], setting: Setting) => ReactNode
const rowsOf = (setting: Setting, rowOf: RowOf) => setting.rows.map((row) => rowOf(row, setting))
const config = { commitment: 'confirmed', encoding: 'base64' } as const

const frameworkKitClient = ({ rpcUrl, wsUrl }: Setting) =>
  createClient({ endpoint: rpcUrl as never, websocketEndpoint: wsUrl as never, commitment: 'confirmed' })

function SplToken({ owner, mint, account }: OwnedRow) {
  const { balance } = useSplToken(mint as never, { owner: owner as never, commitment: 'confirmed' })
  return <Row account={account} amount={balance?.amount} />
}

/** `@solana/react-hooks`, its hook for the balance of a token: read once, and when the page is looked at again. */
const splToken: Adapter = (setting) => (
  <SolanaProvider client={frameworkKitClient(setting)} walletPersistence={false}>
    {rowsOf(setting, ({ owner, account }, { mint }) => (
      <SplToken key={account} owner={owner} mint={mint} account={account} />
    ))}
  </SolanaProvider>
)

type Data = Parameters<typeof amountOf>[0]

function Watched({ account }: { readonly account: string }) {
  const { data } = useAccount(account as never, { fetch: true, watch: true, commitment: 'confirmed' }) ?? {}
  // A read puts the whole account there, a notification its data alone.
  const value = Array.isArray(data) ? { data } : data
  return <Row account={account} amount={value ? amountOf(value as Data) : undefined} />
}

/** `@solana/react-hooks`, its watched account, with the amount read out of it by the app. */
const watchedAccount: Adapter = (setting) => (
  <SolanaProvider client={frameworkKitClient(setting)} walletPersistence={false}>
    {rowsOf(setting, ({ account }) => (
      <Watched key={account} account={account} />
    ))}
  </SolanaProvider>
)

function GillToken({ account }: { readonly account: string }) {
  const { account: token } = useTokenAccount({ ata: account as Address as never, config: { commitment: 'confirmed' } })
  return <Row account={account} amount={token?.data.amount} />
}

/** `@gillsdk/react`, its hook for a token account: read once; it has none that watches. */
const gill: Adapter = (setting) => (
  <GillProvider client={createSolanaClient({ urlOrMoniker: setting.rpcUrl })} queryClient={new QueryClient()}>
    {rowsOf(setting, ({ account }) => (
      <GillToken key={account} account={account} />
    ))}
  </GillProvider>
)

const kitClient = ({ rpcUrl, wsUrl }: Setting) => ({
  rpc: createSolanaRpc(rpcUrl),
  rpcSubscriptions: createSolanaRpcSubscriptions(wsUrl),
})

function Tracked({ account }: { readonly account: string }) {
  const { rpc, rpcSubscriptions } = useClient() as unknown as ReturnType<typeof kitClient>
  const spec = useMemo(
    () => ({
      initialValueSource: rpc.getAccountInfo(account as Address, config),
      initialValueMapper: (value: unknown) => amountOf(value as Data),
      streamSource: rpcSubscriptions.accountNotifications(account as Address, config),
      streamValueMapper: (value: unknown) => amountOf(value as Data),
    }),
    [rpc, rpcSubscriptions, account],
  )
  const { data } = useTrackedData(spec)
  return <Row account={account} amount={data?.value} />
}

/** `@solana/react` over `@solana/kit`: a read and a subscription a row, ordered by slot. */
const tracked: Adapter = (setting) => (
  <ClientProvider client={kitClient(setting) as never}>
    {rowsOf(setting, ({ account }) => (
      <Tracked key={account} account={account} />
    ))}
  </ClientProvider>
)

/** What other kits offer for the same page, by package and hook. */
export const peers: Readonly<Record<string, Adapter>> = {
  'react-hooks useSplToken': splToken,
  'react-hooks useAccount': watchedAccount,
  'gill useTokenAccount': gill,
  'solana/react useTrackedData': tracked,
}

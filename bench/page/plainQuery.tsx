import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { type Adapter, Row } from './setting.js'
import { readOne, streamAll } from './wire.js'

function Balance({ rpcUrl, account }: { readonly rpcUrl: string; readonly account: string }) {
  const { data } = useQuery({
    queryKey: ['balance', account],
    queryFn: () => readOne(rpcUrl, account),
    staleTime: Infinity,
  })
  return <Row account={account} amount={data} />
}

/** `useQuery` in each component, and every notification written into the cache as it comes. */
export const plainQuery: Adapter = (setting) => {
  const client = new QueryClient()
  streamAll(setting, (account, amount) => void client.setQueryData(['balance', account], amount))
  return (
    <QueryClientProvider client={client}>
      {setting.rows.map(({ account }) => (
        <Balance key={account} rpcUrl={setting.rpcUrl} account={account} />
      ))}
    </QueryClientProvider>
  )
}

import { notifyManager, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { type Adapter, Row, type Setting } from './setting.js'
import { readAll, streamAll } from './wire.js'

function Balance({ read, account }: { readonly read: (account: string) => Promise<bigint>; readonly account: string }) {
  const { data } = useQuery({ queryKey: ['balance', account], queryFn: () => read(account), staleTime: Infinity })
  return <Row account={account} amount={data} />
}

/** One batched read for all rows. */
function createReads(setting: Setting) {
  const amounts = new Map<string, bigint>()
  let all: Promise<void> | undefined
  return async (account: string) => {
    all ??= readAll(setting, (each, amount) => void amounts.set(each, amount))
    await all
    return amounts.get(account) as bigint
  }
}

/** `useQuery` in each component, read in hundreds and written once a frame: the least that React Query can do. */
export const batchedQuery: Adapter = (setting) => {
  const client = new QueryClient()
  const read = createReads(setting)
  const held = new Map<string, bigint>()
  function flush() {
    notifyManager.batch(() => {
      for (const [account, amount] of held) client.setQueryData(['balance', account], amount)
    })
    held.clear()
  }
  streamAll(setting, (account, amount) => {
    if (held.size === 0) requestAnimationFrame(flush)
    held.set(account, amount)
  })
  return (
    <QueryClientProvider client={client}>
      {setting.rows.map(({ account }) => (
        <Balance key={account} read={read} account={account} />
      ))}
    </QueryClientProvider>
  )
}

/** What a page shows and where it gets it: the same for every way to do it. */
export interface Setting {
  readonly rpcUrl: string
  readonly wsUrl: string
  readonly mint: string
  readonly rows: readonly { readonly owner: string; readonly account: string }[]
}

/** One balance, for a way whose hook takes owner and mint. */
export interface OwnedRow {
  readonly owner: string
  readonly mint: string
  readonly account: string
}

/** A way to show balances: renders one `<Row>` per account, with its text. */
export type Adapter = (setting: Setting) => React.ReactNode

/** How many rows were rendered. */
export const rendered = { count: 0 }

/** One row as each way draws it: the account's amount in base units, and nothing else. */
export function Row({ account, amount }: { readonly account: string; readonly amount: bigint | undefined }) {
  rendered.count++
  return <span data-account={account}>{amount === undefined ? '' : String(amount)}</span>
}

'use client'

import { clockOf, seconds } from './ConnectionView.js'
import type { AccountRow, Snapshot } from './snapshot.js'

/** Every account in the cache, with how it is known and what it was before. */
export function AccountTable({ snapshot: { accounts, atMs } }: { readonly snapshot: Snapshot }) {
  return (
    <section>
      <h3>Accounts ({accounts.length})</h3>
      <table>
        <thead>
          <tr>
            {['Account', 'Value', 'Freshness', 'Slot', 'Source', 'Confirmed', 'Shown by', 'Last changes'].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {accounts.map((row) => (
            <Row key={`${row.commitment} ${row.address}`} row={row} atMs={atMs} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ row, atMs }: { readonly row: AccountRow; readonly atMs: number }) {
  const { address, kind, mint, text, freshness, slot, source, reason, verifiedAt, lagging, observers, changes } = row
  return (
    <tr data-state={freshness}>
      <td title={mint ? `${address} of mint ${mint}` : address}>
        {kind} <code>{endsOf(address)}</code>
        {mint && <code> of {endsOf(mint)}</code>}
      </td>
      <td>{text}</td>
      <td>{lagging ? `${freshness}, lagging` : freshness}</td>
      <td>{slot}</td>
      <td>{source === reason ? source : `${source} (${reason})`}</td>
      <td>{seconds(atMs - verifiedAt)} ago</td>
      <td>{observers}</td>
      <td>
        {changes.length === 0
          ? '–'
          : changes.map(({ atMs: at, slot: of, reason: why, text: was }) => (
              <div key={`${at} ${of} ${was}`}>
                {clockOf(at)} {was} ({why}, slot {of})
              </div>
            ))}
      </td>
    </tr>
  )
}

const endsOf = (address: string) => `${address.slice(0, 4)}…${address.slice(-4)}`

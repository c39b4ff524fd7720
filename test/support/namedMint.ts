import { PublicKey } from '@solana/web3.js'
import type { LedgerAccount, Localnet } from 'lamplight-localnet'

/** Makes a Token-2022 mint that names itself, as anybody may. */
export function namedMint(net: Localnet, { name, symbol }: { readonly name: string; readonly symbol: string }): string {
  const mint = net.createMint({ decimals: 2, program: 'token-2022' })
  const key = new PublicKey(mint).toBytes()
  const account = net.ledger.head(mint as never) as LedgerAccount
  const nobody = new Uint8Array(32)
  const pointer = extension(18, [nobody, key])
  const metadata = extension(19, [nobody, key, text(name), text(symbol), text(''), new Uint8Array(4)])
  const base = new Uint8Array(166)
  base.set(account.data.slice(0, 82))
  base[165] = 1
  net.ledger.setAccounts([[mint as never, { ...account, data: joined([base, pointer, metadata]) }]])
  return mint
}

function extension(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = joined(parts)
  const head = new DataView(new ArrayBuffer(4))
  head.setUint16(0, type, true)
  head.setUint16(2, body.length, true)
  return joined([new Uint8Array(head.buffer), body])
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value)
  const length = new DataView(new ArrayBuffer(4))
  length.setUint32(0, bytes.length, true)
  return joined([new Uint8Array(length.buffer), bytes])
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

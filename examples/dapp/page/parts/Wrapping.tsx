import { address, useBalanceClient } from 'lamplight'
import { useCloseTokenAccount, useCreateTokenAccount, useUnwrapSol, useWrapSol } from 'lamplight/actions'
import { TokenBalance } from 'lamplight/components'
import { useState } from 'react'
import { actNote } from './actNote.js'
import { Action, Group } from './Group.js'

/** The mint of SOL that is held as a token. */
const WRAPPED = address('So11111111111111111111111111111111111111112', 'mint')
const format = { locale: 'en' } as const

/** A token account that is opened, filled, emptied and closed: its balance comes and goes with it. */
export function Wrapping({ owner }: { readonly owner: string | null }) {
  const client = useBalanceClient()
  const acts = {
    create: useCreateTokenAccount(),
    close: useCloseTokenAccount(),
    wrap: useWrapSol(),
    unwrap: useUnwrapSol(),
  }
  const [last, setLast] = useState<keyof typeof acts>('create')
  if (!owner) return null
  const account = client.associatedAddress(address(owner, 'owner'), WRAPPED, 'token')
  const press = (name: keyof typeof acts, start: () => void) => () => {
    setLast(name)
    start()
  }
  return (
    <Group title="Wrapped SOL" note={actNote(acts[last])} isBusy={acts[last].isPending}>
      <TokenBalance owner={owner} mint={WRAPPED} symbol="wSOL" format={format} pollInterval="fast" data-testid="wSOL" />
      <Action name="Open an account" onClick={press('create', () => acts.create.mutate({ mint: WRAPPED }))}>
        The wallet pays its rent.
      </Action>
      <Action name="Wrap 0.1 SOL" onClick={press('wrap', () => acts.wrap.mutate({ lamports: '0.1' }))}>
        SOL becomes a token; the account is opened where it is missing.
      </Action>
      <Action name="Unwrap all" onClick={press('unwrap', () => acts.unwrap.mutate())}>
        All of it is SOL again.
      </Action>
      <Action name="Close the account" onClick={press('close', () => acts.close.mutate({ account }))}>
        The rent comes back, and what is wrapped with it.
      </Action>
    </Group>
  )
}

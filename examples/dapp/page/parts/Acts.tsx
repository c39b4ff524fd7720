import { useBurnToken, useTransferSol } from 'lamplight/actions'
import { useState } from 'react'
import type { BotCard } from '../bot.js'
import { burner } from '../burner.js'
import { actNote } from './actNote.js'
import { Action, Group } from './Group.js'

/** A million SOL, which this wallet does not have. */
const TOO_MUCH = 10n ** 15n

/** What the kit does for a wallet: checked first, signed by the person, shown as pending, confirmed. */
export function Acts({ bot }: { readonly bot: BotCard | undefined }) {
  const acts = { burn: useBurnToken(), spend: useTransferSol() }
  const [last, setLast] = useState<keyof typeof acts>('burn')
  const [isRefusing, setRefusing] = useState(false)
  const token = bot?.tokens[0]
  if (!token) return null
  const flip = () => {
    burner.isRefusing = !isRefusing
    setRefusing(!isRefusing)
  }
  return (
    <Group title="Act" note={actNote(acts[last])} isBusy={acts[last].isPending}>
      <Action
        name="Burn one"
        onClick={() => {
          setLast('burn')
          acts.burn.mutate({ mint: token.mint, amount: '1', memo: 'a vote' })
        }}
      >
        1 {token.symbol} is gone for good, with a memo for all to read.
      </Action>
      <Action
        name="Spend too much"
        onClick={() => {
          setLast('spend')
          acts.spend.mutate({ to: bot.address, lamports: TOO_MUCH })
        }}
      >
        Found out before the wallet is asked.
      </Action>
      <Action name={isRefusing ? 'Sign again' : 'Refuse to sign'} isOn={isRefusing} onClick={flip}>
        Then burn one: a no is not an error.
      </Action>
    </Group>
  )
}

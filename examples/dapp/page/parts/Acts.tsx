import type { ActionPhase } from 'lamplight/actions'
import { useBurnToken, useTransferSol } from 'lamplight/actions'
import { useState } from 'react'
import type { BotCard } from '../bot.js'
import { burner } from '../burner.js'
import { Action, Group } from './Group.js'

/** A million SOL, which this wallet does not have. */
const TOO_MUCH = 10n ** 15n
const WORDS: Readonly<Record<ActionPhase, string>> = {
  idle: '',
  building: 'Checking…',
  signing: 'Asking the wallet…',
  sending: 'Sending…',
  confirming: 'On its way…',
  confirmed: 'Confirmed.',
  rejected: 'You said no, and nothing was sent.',
  failed: 'It failed.',
  expired: 'It came too late to count, and nothing was moved.',
}

/** What the kit does for a wallet: checked first, signed by the person, shown as pending, confirmed. */
export function Acts({ bot }: { readonly bot: BotCard | undefined }) {
  const burn = useBurnToken()
  const spend = useTransferSol()
  const [last, setLast] = useState<'burn' | 'spend'>('burn')
  const [isRefusing, setRefusing] = useState(false)
  const token = bot?.tokens[0]
  if (!token) return null
  const { phase, error, isPending } = last === 'burn' ? burn : spend
  const flip = () => {
    burner.isRefusing = !isRefusing
    setRefusing(!isRefusing)
  }
  return (
    <Group title="Act" note={phase === 'failed' && error ? error.message : WORDS[phase]} isBusy={isPending}>
      <Action
        name="Burn one"
        onClick={() => {
          setLast('burn')
          burn.mutate({ mint: token.mint, amount: '1', memo: 'a vote' })
        }}
      >
        1 {token.symbol} is gone for good, with a memo for all to read.
      </Action>
      <Action
        name="Spend too much"
        onClick={() => {
          setLast('spend')
          spend.mutate({ to: bot.address, lamports: TOO_MUCH })
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

import { useConnection, useWallet } from '@solana/wallet-adapter-react'
import { type ReactNode, useId, useState } from 'react'
import { type BotCard, follow, receive } from '../bot.js'
import type { NodeControls } from '../node.js'
import { sendOne } from '../sendOne.js'
import { useAct } from './useAct.js'

/** The switches: money that moves, and a node that misbehaves. */
export function Controls(props: {
  readonly owner: string | null
  readonly bot: BotCard | undefined
  readonly controls: NodeControls
}) {
  return (
    <section className="controls" aria-label="Controls">
      <Money owner={props.owner} bot={props.bot} />
      <Faults controls={props.controls} />
    </section>
  )
}

function Money({ owner, bot }: { readonly owner: string | null; readonly bot: BotCard | undefined }) {
  const { connection } = useConnection()
  const wallet = useWallet()
  const { note, isBusy, start } = useAct()
  const [running, setRunning] = useState(true)
  const token = bot?.tokens[0]
  if (!owner || !bot || !token) return <Group title="Move money" note="Waiting for the wallet…" />

  const take = async () => {
    await receive(owner)
    return `100 ${token.symbol} have arrived.`
  }
  const give = async () => {
    const slot = await sendOne(connection, wallet, token, bot.address)
    return `1 ${token.symbol} sent, confirmed in slot ${slot.toLocaleString('en')}.`
  }
  const toggle = async () => {
    await follow(owner, !running)
    setRunning(!running)
    return running ? 'The bot has stopped.' : 'The bot sends again.'
  }
  return (
    <Group title="Move money" note={note}>
      <Action name="Receive 100" isBusy={isBusy} onClick={() => start('Asking the bot…', take)}>
        The bot sends 100 {token.symbol} now.
      </Action>
      <Action name="Send one" isBusy={isBusy} onClick={() => start('Signing and sending…', give)}>
        Your wallet signs a transfer of 1 {token.symbol} to the bot.
      </Action>
      <Action
        name={running ? 'Stop the bot' : 'Start the bot'}
        isOn={!running}
        isBusy={isBusy}
        onClick={() => start(running ? 'Stopping the bot…' : 'Starting the bot…', toggle)}
      >
        Nothing moves, and everything stays live.
      </Action>
    </Group>
  )
}

function Faults({ controls }: { readonly controls: NodeControls }) {
  const { note, isBusy, start } = useAct()
  const [paused, setPaused] = useState(false)
  const [refusing, setRefusing] = useState(false)

  const drop = async () => {
    await controls.dropSockets()
    return 'The connection was cut.'
  }
  const togglePause = async () => {
    await (paused ? controls.resume() : controls.pause())
    setPaused(!paused)
    return paused ? 'The node speaks again.' : 'The node has fallen silent.'
  }
  const toggleRefusal = async () => {
    await (refusing ? controls.accept() : controls.refuse())
    setRefusing(!refusing)
    return refusing ? 'Requests are answered again.' : 'Every request is refused now.'
  }
  return (
    <Group title="Break the connection" note={note}>
      <Action name="Drop the socket" isBusy={isBusy} onClick={() => start('Cutting…', drop)}>
        It comes back by itself; one read fills the gap.
      </Action>
      <Action
        name={paused ? 'Resume the node' : 'Pause the node'}
        isOn={paused}
        isBusy={isBusy}
        onClick={() => start(paused ? 'Resuming…' : 'Pausing…', togglePause)}
      >
        The socket falls silent; polling takes over within 5 s.
      </Action>
      <Action
        name={refusing ? 'Answer again' : 'Answer 429'}
        isOn={refusing}
        isBusy={isBusy}
        onClick={() => start('Telling the node…', toggleRefusal)}
      >
        Then drop the socket: amounts stay, marked as old.
      </Action>
    </Group>
  )
}

function Group(props: { readonly title: string; readonly note: string; readonly children?: ReactNode }) {
  return (
    <fieldset>
      <legend>{props.title}</legend>
      {props.children}
      <output>{props.note}</output>
    </fieldset>
  )
}

/** A button that keeps the focus while it works: `disabled` would drop it. */
function Action(props: {
  readonly name: string
  readonly isBusy: boolean
  readonly isOn?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <div className="action">
      <button type="button" data-on={props.isOn} aria-busy={props.isBusy} aria-describedby={id} onClick={props.onClick}>
        {props.name}
      </button>
      <small id={id}>{props.children}</small>
    </div>
  )
}

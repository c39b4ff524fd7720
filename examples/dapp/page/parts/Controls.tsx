import { useConnection, useWallet } from '@solana/wallet-adapter-react'
import { type BotCard, follow, receive } from '../bot.js'
import type { NodeControls } from '../node.js'
import { sendOne } from '../sendOne.js'
import { Acts } from './Acts.js'
import { Action, Group } from './Group.js'
import { useAct, useSwitch } from './useAct.js'
import { Wrapping } from './Wrapping.js'

/** The switches: money that moves, and a node that misbehaves. */
export function Controls(props: {
  readonly owner: string | null
  readonly bot: BotCard | undefined
  readonly controls: NodeControls
}) {
  return (
    <section className="controls" aria-label="Controls">
      <Money owner={props.owner} bot={props.bot} />
      <Acts bot={props.bot} />
      <Wrapping owner={props.bot ? props.owner : null} />
      <Faults controls={props.controls} />
    </section>
  )
}

function Money({ owner, bot }: { readonly owner: string | null; readonly bot: BotCard | undefined }) {
  const { connection } = useConnection()
  const wallet = useWallet()
  const act = useAct()
  const [isStopped, flipBot] = useSwitch(act, async (stop) => {
    await follow(owner ?? '', !stop)
    return stop ? 'The bot has stopped.' : 'The bot sends again.'
  })
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
  return (
    <Group title="Move money" note={act.note} isBusy={act.isBusy}>
      <Action name="Receive 100" onClick={() => act.start(take)}>
        The bot sends 100 {token.symbol} now.
      </Action>
      <Action name="Send one" onClick={() => act.start(give)}>
        Your wallet signs a transfer of 1 {token.symbol} to the bot.
      </Action>
      <Action name={isStopped ? 'Start the bot' : 'Stop the bot'} isOn={isStopped} onClick={flipBot}>
        Nothing moves, and everything stays live.
      </Action>
    </Group>
  )
}

function Faults({ controls }: { readonly controls: NodeControls }) {
  const act = useAct()
  const [isPaused, flipPause] = useSwitch(act, async (pause) => {
    await (pause ? controls.pause() : controls.resume())
    return pause ? 'The node has fallen silent.' : 'The node speaks again.'
  })
  const [isRefusing, flipRefusal] = useSwitch(act, async (refuse) => {
    await (refuse ? controls.refuse() : controls.accept())
    return refuse ? 'Every request is refused now.' : 'Requests are answered again.'
  })
  const drop = async () => {
    await controls.dropSockets()
    return 'The connection was cut.'
  }
  return (
    <Group title="Break the connection" note={act.note} isBusy={act.isBusy}>
      <Action name="Drop the socket" onClick={() => act.start(drop)}>
        It comes back by itself; one read fills the gap.
      </Action>
      <Action name={isPaused ? 'Resume the node' : 'Pause the node'} isOn={isPaused} onClick={flipPause}>
        The socket falls silent; polling takes over.
      </Action>
      <Action name={isRefusing ? 'Answer again' : 'Answer 429'} isOn={isRefusing} onClick={flipRefusal}>
        Then drop the socket: amounts stay, marked stale.
      </Action>
    </Group>
  )
}

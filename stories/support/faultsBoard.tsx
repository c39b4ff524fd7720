import { useConnectionStatus } from 'lamplight'
import { ConnectionStatus, SolBalance, TokenBalance } from 'lamplight/components'
import { useState } from 'react'
import type { FaultyLine, LineFaults } from './faultyLine.js'
import { setTokenBalance } from './ledger.js'
import type { Scene } from './scene.js'

/** A fault that can be pressed. */
interface Fault {
  readonly line: LineFaults
  /** Whether open connections end with it. */
  readonly drops: boolean
  /** What there is to see. */
  readonly watch: string
}

const faults: Readonly<Record<string, Fault>> = {
  'Drop the socket': {
    line: {},
    drops: true,
    watch:
      'The mark turns for a moment: the value is stale, a new socket opens, what was missed is read, and it is live again.',
  },
  'Refuse sockets': {
    line: { socket: 'refused' },
    drops: true,
    watch: 'The socket does not come back. The value is asked for again and again, and says that it is.',
  },
  'Say nothing': {
    line: { socket: 'mute' },
    drops: false,
    watch:
      'The socket stays open and silent, as behind a sleeping router. It is asked for a sign of life, is suspected, and replaced.',
  },
  'Answer 429': {
    line: { http: 'limited', socket: 'refused' },
    drops: true,
    watch: 'The node has had enough. The last amount stays and says that it may be out of date; it never becomes 0.',
  },
  'Answer late': {
    line: { http: 'late' },
    drops: true,
    watch: 'Requests take two seconds. The socket is back at once, and nothing is called live before it has been read.',
  },
  'Nobody there': {
    line: { http: 'refused', socket: 'refused' },
    drops: true,
    watch:
      'Neither requests nor sockets get through. Attempts grow rarer; the mark says why, and how old the value is.',
  },
}
const WELL = 'All is well: what the ledger pays is on the screen a moment later.'

/** The buttons: one fault at a time. */
function Buttons({ line, onWatch }: { line: FaultyLine; onWatch: (messages: string) => void }) {
  const [pressed, setPressed] = useState('')
  const { reconnect } = useConnectionStatus()
  function press(name: string) {
    const fault = faults[name]
    setPressed(fault?.drops && Object.keys(fault.line).length === 0 ? '' : name)
    onWatch(fault?.watch ?? WELL)
    line.mend()
    line.fail(fault?.line ?? {})
    if (fault?.drops) line.drop()
    if (!fault) reconnect()
  }
  return (
    <fieldset className="faults">
      <legend>What is wrong with the line</legend>
      {Object.keys(faults).map((name) => (
        <button key={name} type="button" aria-pressed={pressed === name} onClick={() => press(name)}>
          {name}
        </button>
      ))}
      <button type="button" onClick={() => press('')}>
        Make all well
      </button>
    </fieldset>
  )
}

/** Faults to be pressed, and the widgets that tell of them. */
export function FaultsBoard({ line, owner, mint }: Scene) {
  const [watch, setWatch] = useState(WELL)
  const [amount, setAmount] = useState(2_000_000n)
  function pay() {
    setAmount(amount + 1_000_000n)
    setTokenBalance(owner, mint, amount + 1_000_000n).catch(console.error)
  }
  return (
    <div className="board">
      <Buttons line={line} onWatch={setWatch} />
      <p role="status">{watch}</p>
      <p>
        <button type="button" onClick={pay}>
          Pay 1 LAMP on the ledger
        </button>
      </p>
      <dl>
        <dt>LAMP</dt>
        <dd>
          <TokenBalance owner={owner} mint={mint} symbol="LAMP" pollInterval={500} />
        </dd>
        <dt>SOL</dt>
        <dd>
          <SolBalance owner={owner} pollInterval={500} />
        </dd>
      </dl>
      <ConnectionStatus />
    </div>
  )
}

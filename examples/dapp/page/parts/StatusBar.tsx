import { useConnectionStatus } from 'lamplight'
import { ConnectionStatus } from 'lamplight/components'

/** What the kit says about the connection, and the numbers behind it. */
export function StatusBar() {
  return (
    <section className="status" aria-label="Connection">
      <ConnectionStatus announce />
      <Facts />
    </section>
  )
}

function Facts() {
  const { endpoint, slot, latencyMs, attempt } = useConnectionStatus()
  return (
    <dl className="facts">
      <Fact name="Node" value={endpoint} />
      <Fact name="Slot" value={slot?.toLocaleString('en') ?? '–'} />
      <Fact name="Latency" value={latencyMs === null ? '–' : `${Math.round(latencyMs)} ms`} />
      <Fact name="Attempt" value={String(attempt)} />
    </dl>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

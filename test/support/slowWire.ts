import type { Carrier } from '../../localnet/src/transport/endpoint.js'
import { pause } from '../../localnet/src/transport/traffic.js'

/** How slow a wire is, in milliseconds each way: at most so much mostly, and so much for one thing in twenty-five. */
export interface WireLag {
  readonly mostlyMs: number
  readonly seldomMs: number
}

/**
 * A wire that takes its time: requests and answers overtake each other, what a socket tells keeps its order, and one thing in
 * twenty-five is held up for long.
 */
export function slowWire({ hub, http }: Carrier, { mostlyMs, seldomMs }: WireLag, random: () => number): Carrier {
  const lagMs = () => 1 + random() * (random() < 0.04 ? seldomMs : mostlyMs)
  function inOrder(send: (text: string) => void) {
    let dueMs = 0
    return (text: string) => {
      dueMs = Math.max(dueMs, Date.now() + lagMs())
      setTimeout(() => send(text), dueMs - Date.now())
    }
  }
  return {
    async http(...request) {
      await pause(lagMs())
      const outcome = await http(...request)
      await pause(lagMs())
      return outcome
    },
    hub: { ...hub, accept: (port, opening) => hub.accept({ ...port, send: inOrder(port.send) }, opening) },
  }
}

import type { Carrier } from '../../src/transport/endpoint.js'
import { pause } from '../../src/transport/traffic.js'

/**
 * A wire that takes its time: requests and answers overtake each other, what a socket tells keeps its order, and one thing in
 * twenty-five is held up for long.
 */
export function slowWire({ hub, http }: Carrier, random: () => number): Carrier {
  const lagMs = () => (random() < 0.04 ? 200 + random() * 800 : 2 + random() * 60)
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

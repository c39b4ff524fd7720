import { WebSocket as NodeWebSocket } from 'ws'

/** What went over the sockets of one class. */
export interface SocketTally {
  readonly webSocket: typeof WebSocket
  /** Sockets made. */
  readonly made: () => number
  /** Every frame sent, as text, oldest first. */
  readonly sent: readonly string[]
  /** Notifications that came in. */
  readonly notified: () => number
  /** How often each socket was asked for a method, oldest first. */
  readonly callsOf: (method: string) => readonly number[]
  /** The most calls of a method that waited for their answers at one time, on all sockets. */
  readonly mostInFlight: (method: string) => number
}

/** A real WebSocket class that counts. */
export function createSocketTally(): SocketTally {
  const sent: string[] = []
  const most = new Map<string, number>()
  const sockets: Counting[] = []
  let notified = 0
  class Counting extends NodeWebSocket {
    readonly asked = new Map<number, string>()
    readonly methods: string[] = []
    constructor(url: string) {
      super(url)
      sockets.push(this)
      this.on('message', (data) => {
        const { id, method } = JSON.parse(String(data))
        this.asked.delete(id)
        if (method === 'accountNotification') notified++
      })
    }
    override send(data: Parameters<NodeWebSocket['send']>[0]): void {
      const { id, method } = JSON.parse(String(data))
      this.asked.set(id, method)
      this.methods.push(method)
      const now = sockets.flatMap(({ asked }) => [...asked.values()]).filter((each) => each === method).length
      most.set(method, Math.max(most.get(method) ?? 0, now))
      sent.push(String(data))
      super.send(data)
    }
  }
  return {
    webSocket: Counting as unknown as typeof WebSocket,
    made: () => sockets.length,
    sent,
    notified: () => notified,
    callsOf: (method) => sockets.map(({ methods }) => methods.filter((each) => each === method).length),
    mostInFlight: (method) => most.get(method) ?? 0,
  }
}

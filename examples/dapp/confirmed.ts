import type { Connection } from '@solana/web3.js'

const LOOK_EVERY_MS = 200
const LOOKS = 75

/**
 * Waits until a transaction is confirmed and gives its slot. It asks over HTTP: web3.js would open a socket of its own,
 * and the demo's faults are meant for one socket only.
 * @throws Error when the transaction failed, or was not seen in time
 */
export async function confirmed(connection: Connection, signature: string): Promise<number> {
  for (let look = 0; look < LOOKS; look++) {
    const { value } = await connection.getSignatureStatuses([signature])
    const status = value[0]
    if (status?.err) throw new Error(`the transaction failed: ${JSON.stringify(status.err)}`)
    if (status?.confirmationStatus === 'confirmed' || status?.confirmationStatus === 'finalized') return status.slot
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS))
  }
  throw new Error('the transaction was not confirmed in time')
}

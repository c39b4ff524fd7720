import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A gateway that counts. */
export interface Gateway {
  readonly url: string
  readonly seen: {
    readonly requests: number
    readonly refused: number
    /** Requests that came while the client had been told to wait. */
    readonly insideRetryAfter: number
  }
}

/** A gateway in front of a node: this many requests in one second, then 429 with `Retry-After` and a second's ban. */
export async function openGateway(url: string, perSecond: number): Promise<Gateway> {
  const seen = { requests: 0, refused: 0, insideRetryAfter: 0 }
  let windowEndsAt = 0
  let inWindow = 0
  let bannedSince = Infinity
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
    response.setHeader('access-control-expose-headers', 'retry-after')
    if (request.method === 'OPTIONS') return void response.end()
    const chunks: Buffer[] = []
    const arrivedAt = Date.now()
    seen.requests++
    if (arrivedAt >= windowEndsAt) {
      windowEndsAt = arrivedAt + 1000
      inWindow = 0
    }
    const isRefused = ++inWindow > perSecond
    // What was on its way when the first refusal left does not count against the client.
    if (arrivedAt - bannedSince > 300 && arrivedAt - bannedSince < 1000) seen.insideRetryAfter++
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (isRefused) {
      seen.refused++
      bannedSince = arrivedAt
      response.writeHead(429, { 'retry-after': '1' }).end()
      return
    }
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(chunks),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
}

/** A server that runs, and how to end it. */
export interface Served {
  readonly url: string
  close(): void
}

/** Listens on a port of its own. */
export async function listen(listener: RequestListener): Promise<Served> {
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Answers with a file, or with 404. */
export async function sendFile(directory: string, path: string, response: ServerResponse): Promise<void> {
  try {
    const file = join(directory, normalize(path.endsWith('/') ? `${path}index.html` : path))
    const content = await readFile(file)
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(content)
  } catch {
    response.writeHead(404).end()
  }
}

/** Serves a directory below a path, and nothing else. */
export const serveFiles = (directory: string, below: string): Promise<Served> =>
  listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.startsWith(below)) void sendFile(directory, pathname.slice(below.length - 1), response)
    else response.writeHead(404).end()
  })

import type { IncomingMessage } from 'node:http'

const isLoopbackAddress = (address: string | undefined): boolean => /^(::1$|(::ffff:)?127\.)/.test(address ?? '')

/** A name in a URL or a `Host` header that always means this machine; any other may be made to lead here (DNS rebinding). */
function isLoopbackHost(host: string | undefined): boolean {
  if (!host || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^(127\.[\d.]+|\[::1\])$/.test(hostname)
}

/**
 * Whether a request may call `localnet_` methods, which change the chain. A program on this machine may, and a page of this
 * machine; any other page that is open in its browser can send requests here, too, and must not. A page of one of
 * `cheatOrigins` may, wherever it is opened.
 */
export function mayCheat(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  cheatOrigins: ReadonlySet<string>,
): boolean {
  const { origin, host } = headers
  // What a form or a simple request of any page can send has another type, and needs no one's leave.
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json') return false
  if (origin !== undefined && cheatOrigins.has(origin)) return true
  const isOwnPage = origin === undefined || (URL.canParse(origin) && isLoopbackHost(new URL(origin).host))
  return isOwnPage && isLoopbackAddress(socket.remoteAddress) && isLoopbackHost(host)
}

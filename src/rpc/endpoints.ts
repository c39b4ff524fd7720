import { urlOf } from '../base/check.js'

/** Where a node is, checked. */
export interface Endpoint {
  readonly rpcUrl: string
  readonly wsUrl: string | false
  /** The host, fit for logs and screens. */
  readonly host: string
  /** A short name for this set of addresses that gives none of them away. */
  readonly cluster: string
}

/**
 * Checks a node's addresses. Left out, the socket's is derived as web3.js does: an explicit port plus one, else the same.
 * @throws LamplightError `input/invalid-url`
 */
export function endpointOf(options: {
  readonly rpcUrl: string
  readonly url?: string | false | undefined
  readonly cluster?: string | undefined
}): Endpoint {
  const http = urlOf('rpcUrl', options.rpcUrl, ['http:', 'https:'])
  const wsUrl =
    options.url === false
      ? false
      : options.url === undefined
        ? socketUrlOf(http)
        : urlOf('url', options.url, ['ws:', 'wss:']).href
  return { rpcUrl: http.href, wsUrl, host: http.host, cluster: options.cluster ?? shortHash(`${http.href} ${wsUrl}`) }
}

function socketUrlOf(http: URL): string {
  const url = new URL(http)
  url.protocol = http.protocol === 'https:' ? 'wss:' : 'ws:'
  if (http.port) url.port = String(Number(http.port) + 1)
  return url.href
}

/** FNV-1a, 32 bits: stable across sessions, and nobody reads a key out of it. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}

import { invalid, urlOf } from '../base/check.js'

/** One place where the cluster can be asked. */
export interface PoolEndpoint {
  readonly http: string
  /** Its WebSocket address; `false` for none. @default derived from `http` as web3.js does: an explicit port plus one */
  readonly ws?: string | false | undefined
  /** Among equals the heaviest is asked. @default 1 */
  readonly weight?: number | undefined
}

/** Where a node is, checked. */
export interface Endpoint {
  readonly http: string
  readonly ws: string | false
  readonly weight: number
  /** The host, fit for logs and screens. */
  readonly host: string
}

/** Where the nodes are that a client may ask. */
export interface EndpointsInput {
  /** The only node's HTTP address, where no `endpoints` are named. */
  readonly rpcUrl?: string | undefined
  /** The only node's WebSocket address; `false` polls only, whatever the endpoints. @default derived from `rpcUrl` */
  readonly url?: string | false | undefined
  /** Several nodes of one cluster. */
  readonly endpoints?: readonly PoolEndpoint[] | undefined
}

/**
 * Checks where nodes are.
 * @throws LamplightError `input/invalid-url`, `input/invalid-value`
 */
export function endpointsOf({ rpcUrl, url, endpoints }: EndpointsInput): readonly Endpoint[] {
  if (!endpoints) return [checked({ http: rpcUrl as string, ws: url }, 'rpcUrl', 'url')]
  if (!Array.isArray(endpoints) || !endpoints[0]) {
    // A text there is an address, which may hold a key.
    const given = typeof endpoints === 'string' ? 'an address' : endpoints
    throw invalid('endpoints', given, 'a list of { http }')
  }
  if (url) throw invalid('url', 'an address', 'false or nothing beside endpoints: each has its own ws')
  return endpoints.map((each, i) => {
    const name = `endpoints[${i}]`
    return checked(url === false ? { ...each, ws: false } : each, `${name}.http`, `${name}.ws`)
  })
}

/**
 * What a cluster is called in cache keys, storage, locks and channels, where everybody may read it: the name it was given, or
 * a short hash of the addresses that gives none of them away. A name that is an address itself is hashed as well.
 */
export const clusterOf = (endpoints: readonly Endpoint[], name?: string): string =>
  name === undefined || name.includes('://')
    ? shortHash(name ?? endpoints.map(({ http, ws }) => `${http} ${ws}`).join())
    : name

function checked({ http: input, ws, weight = 1 }: PoolEndpoint, httpName: string, wsName: string): Endpoint {
  const http = urlOf(httpName, input, ['http:', 'https:'])
  if (typeof weight !== 'number' || !(weight > 0))
    throw invalid(httpName.replace('http', 'weight'), weight, 'a number above 0')
  const socket = ws === undefined ? socketUrlOf(http) : ws && urlOf(wsName, ws, ['ws:', 'wss:']).href
  return { http: http.href, ws: socket, weight, host: http.host }
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

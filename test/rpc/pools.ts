import { createEndpointPool, type EndpointPool, type EndpointPoolOptions } from '../../src/rpc/endpointPool.js'
import { endpointsOf, type PoolEndpoint } from '../../src/rpc/endpoints.js'

/** How a test writes a pool: endpoints as an app names them. */
export type PoolInput = Partial<Omit<EndpointPoolOptions, 'endpoints'>> & {
  readonly endpoints: readonly PoolEndpoint[]
}

/** Makes a pool of endpoints that are checked first, as the client does. */
export const poolOf = ({ endpoints, ...options }: PoolInput): EndpointPool =>
  createEndpointPool({ ...options, endpoints: endpointsOf({ endpoints }) })

/** Makes a pool of one node. */
export const nodeAt = (url: string, options: Omit<PoolInput, 'endpoints'> = {}): EndpointPool =>
  poolOf({ ...options, endpoints: [{ http: url }] })

import type { QueryClient } from '@tanstack/query-core'
import { installRules } from '../cache/rules.js'

/**
 * Lets balances pass from a server to a page with TanStack's own `dehydrate`, `hydrate` and `<HydrationBoundary>`: bigints
 * stay intact, a value that was sent says `source: 'restored'` until the chain has confirmed it, and it never replaces a
 * newer one. An app's own `serializeData` and `deserializeData` go on to get everything else. A balance client does the same
 * to its query client; call it where something is hydrated before there is one, and after `setDefaultOptions`.
 * @example
 * const queryClient = allowHydration(new QueryClient())
 */
export const allowHydration = (queryClient: QueryClient): QueryClient => installRules(queryClient)

'use client'

import type { UseQueryOptions, UseQueryResult } from '@tanstack/react-query'
import { useContext, useMemo } from 'react'
import { type Address, type AddressInput, address } from '../base/address.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import type { Freshness } from '../client/accounts/connectionStatus.js'
import type { TargetInput } from '../client/balances/accountClient.js'
import type { PollInterval } from '../client/balances/pollInterval.js'
import type { Commitment } from '../token/account.js'
import { OwnerContext } from './balanceContext.js'

/** `null` or `undefined` disables. */
export type Maybe<T> = T | null | undefined
/** What every reading hook takes beside its target. */
export interface ReadParameters<T, S = T> {
  /** @default the provider's */
  readonly commitment?: Commitment | undefined
  /** How often to ask while not live; nothing is asked for while live. @default 'auto', 5 s */
  readonly pollInterval?: PollInterval | undefined
  /** Whether to be told of changes over the socket. @default true */
  readonly stream?: boolean | undefined
  /** @default true */
  readonly enabled?: boolean | undefined
  /** TanStack Query's own options, passed through, but for those that would change what is shown. */
  readonly query?: Pick<UseQueryOptions<T, LamplightError, S>, PassedOption> | undefined
}
const PASSED = [
  'enabled',
  'gcTime',
  'meta',
  'refetchInterval',
  'refetchIntervalInBackground',
  'refetchOnMount',
  'refetchOnReconnect',
  'refetchOnWindowFocus',
  'retry',
  'retryDelay',
  'retryOnMount',
  'select',
  'staleTime',
  'subscribed',
  'throwOnError',
] as const satisfies readonly (keyof UseQueryOptions)[]
type PassedOption = (typeof PASSED)[number]

/** Of TanStack's options for a hook those that are passed through; a page in plain JavaScript may give others. */
export const passedOptions = (query: object | undefined): object =>
  Object.fromEntries(Object.entries(query ?? {}).filter(([name]) => PASSED.includes(name as PassedOption)))

/** TanStack Query's result, and how far its data can be trusted now. */
export type ReadResult<S> = UseQueryResult<S, LamplightError> & { readonly freshness: Freshness }

/** Input that came as a parameter: usable, not there (yet), or wrong. */
export type Checked<T> =
  | { readonly type: 'ready'; readonly value: T }
  | { readonly type: 'none' }
  | { readonly type: 'invalid'; readonly error: LamplightError }

/** Runs checks that may throw this library's error. */
export function check<T>(read: () => T | null): Checked<T> {
  try {
    const value = read()
    return value === null ? { type: 'none' } : { type: 'ready', value }
  } catch (error) {
    if (!isLamplightError(error)) throw error
    return { type: 'invalid', error }
  }
}

/** The text of an address; whatever else was given instead is for the check to refuse. */
const textOf = (input: unknown) => (input as { toBase58?(): string } | undefined)?.toBase58?.() ?? input

/** Checks an address that came as a parameter; the same text gives the same object. */
export function useAddress(input: Maybe<AddressInput>, argument: string): Checked<Address> {
  const text = textOf(input) as Maybe<AddressInput>
  return useMemo(
    () => check(() => (text === null || text === undefined ? null : address(text, argument))),
    [text, argument],
  )
}

/** Checks the owner a component was given; left out, the connected wallet. */
export function useOwner(owner: Maybe<AddressInput>): Checked<Address> {
  const connected = useContext(OwnerContext)
  return useAddress(owner === undefined ? connected : owner, 'owner')
}

/** The value behind a checked input; an error is thrown again, for the check around to catch. */
export function valueIn<T>(checked: Checked<T>): T | null {
  if (checked.type === 'invalid') throw checked.error
  return checked.type === 'ready' ? checked.value : null
}

/** Targets as a text that is the same for the same targets. */
export const textOfTargets = (targets: readonly TargetInput[]): string =>
  JSON.stringify(
    targets.map(({ owner, mint }) => ({ owner: String(textOf(owner)), mint: mint && String(textOf(mint)) })),
  )

/** The targets of such a text, not checked. */
export const inputsOf = (text: string): readonly TargetInput[] => JSON.parse(text)

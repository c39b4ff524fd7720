import type { Address, TokenProgram } from '../base/address.js'

/** The key of a subscription: an account at a commitment, or all token accounts that it owns under a program. */
export const keyOf = ({
  commitment,
  address,
  tokens,
}: {
  readonly commitment: string
  readonly address: Address
  readonly tokens?: TokenProgram | undefined
}): string => `${commitment}:${address}${tokens ? `:${tokens}` : ''}`

import type { ExtensionName } from './tlv.js'

const CLASSIC_BYTES = 165
/** After the account of the classic program: a byte that says what it is, and then the extensions. */
const KIND_BYTES = 1
const HEADER_BYTES = 4

/**
 * What a mint's extension has each of its accounts hold, in bytes.
 * https://github.com/solana-program/token-2022/blob/main/interface/src/extension/mod.rs
 */
const HELD: Partial<Record<ExtensionName, number>> = {
  transferFeeConfig: 8,
  nonTransferable: 0,
  transferHook: 1,
  pausableConfig: 0,
}

/** How many bytes a new associated account of a mint takes; the rent goes by them. */
export function accountSizeOf(program: 'token' | 'token-2022', extensions: readonly string[]): number {
  if (program === 'token') return CLASSIC_BYTES
  const held = extensions.flatMap((name) => HELD[name as ExtensionName] ?? [])
  // Every associated account says that its owner stays.
  return [0, ...held].reduce((sum, bytes) => sum + HEADER_BYTES + bytes, CLASSIC_BYTES + KIND_BYTES)
}

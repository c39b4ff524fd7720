import { utf8Of } from '../base/bytes.js'

/**
 * What a note may take, in bytes of UTF-8: it has to fit into the 1,232 bytes of a transaction beside everything else, with room
 * for what wallets add.
 */
export const MAX_MEMO_BYTES = 512

/** How many bytes a text takes on the chain: one for a letter of English, up to 35 for an emoji. */
export const bytesOfText = (text: string): number => utf8Of(text).length

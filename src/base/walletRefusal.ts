import { isObject } from './wireText.js'

/**
 * Codes that mean "the person said no".
 * - 4001: EIP-1193, and with it Phantom, Solflare, Backpack, Trust, Coinbase, MetaMask (https://eips.ethereum.org/EIPS/eip-1193#provider-errors,
 *   https://docs.phantom.com/solana/errors, https://docs.solflare.com/solflare/technical/deeplinks/limitations#errors)
 * - `ACTION_REJECTED`: ethers, which bridges of wallets pass on
 * - 5000–5002: WalletConnect's user-rejected, of the request, its chains, its methods (https://specs.walletconnect.com/2.0/specs/clients/sign/error-codes)
 * - −1, −3: Mobile Wallet Adapter, authorization failed and not signed; wallets use both for "declined"
 *   (https://solana-mobile.github.io/mobile-wallet-adapter/spec/spec.html)
 * - `ERROR_ASSOCIATION_CANCELLED`: Mobile Wallet Adapter, closed before a wallet was chosen
 * - 4001000: `@wallet-standard/errors`, `USER__REQUEST_REJECTED`, as `context.__code`
 */
const CODES: readonly unknown[] = [
  4001,
  'ACTION_REJECTED',
  5000,
  5001,
  5002,
  -1,
  -3,
  'ERROR_ASSOCIATION_CANCELLED',
  4_001_000,
]
/** What a Ledger's status word says when its button for "no" was pressed: https://github.com/LedgerHQ/ledger-live, `@ledgerhq/errors`. */
const STATUS_WORDS: readonly unknown[] = [0x6985, 0x5501]
/**
 * Names of errors: wallet-adapter's for a popup that was closed, Ledger's (`UserRefusedOnDevice`, `TransactionRefusedOnDevice`),
 * viem's (`UserRejectedRequestError`), and what a browser throws when a passkey's dialog is dismissed.
 */
const NAMES = /^User(?:Reject|Refus|Den|Declin|Cancel)|RefusedOnDevice$|^WalletWindowClosedError$|^NotAllowedError$/

const NO = '(?:reject|den(?:y|ied)|declin|cancel|refus|abort|dismiss|disapprov)'
const ASKED =
  '(?:request|transaction|transfer|signature|signing|sign[- ]?in|login|approval|connection|connect|authorization|authentication|message|operation|action|association)'
const ENDED = '(?:rejected|denied|declined|cancell?ed|refused|dismissed|disapproved)'
/** What wallets say in words alone, or with a code of their own. */
const WORDS: readonly RegExp[] = [
  // "User rejected the request.", "User denied request signature.", "The user has declined"
  new RegExp(`\\b(?:user|owner|holder|you)\\b.{0,40}\\b${NO}`, 'i'),
  // "Rejected by the user", "Rejected from user", "denied by the user?" (a Ledger asks)
  new RegExp(`\\b${ENDED} (?:by|from) (?:the )?(?:user|owner|holder|you)\\b`, 'i'),
  // "user closed popup", "The window was closed"
  /\b(?:popup|window|modal|dialog)\b.{0,30}\bclosed\b|\bclosed?\b.{0,20}\b(?:popup|window|modal|dialog)\b/i,
  /\b0x(?:6985|5501)\b|\bconditions? of use not satisfied\b/i,
]
/** Nothing but these, for a node or a firewall rejects things too: "Approval Denied", "Transaction cancelled", "Cancelled", "Declined the request". */
const WHOLE = new RegExp(
  `^(?:error: )?(?:the )?(?:(?:${ASKED} ){1,3}(?:was |has been |is )?${ENDED}|${ENDED}(?: the| this)?(?: ${ASKED}){0,3})[.!]?$`,
  'i',
)

/** JSON-RPC's own codes are a server's: "Transaction rejected" with one of them is a node's answer. */
const isServerCode = (code: unknown) => typeof code === 'number' && code <= -32_000 && code >= -32_768

/** An error wraps another one under these names; wallet-adapter does once or twice. */
const INNER = ['error', 'cause', 'data', 'originalError'] as const
const MAX_DEPTH = 4

/**
 * Whether a wallet failed because the person refused: nothing to report, and nothing to ask again by itself. There is no
 * common way to say it: known codes and names are looked for, then the meaning of the words, in the error and in what it wraps.
 */
export function isWalletRejection(error: unknown, depth = 0): boolean {
  if (typeof error === 'string') return meansNo(error, undefined)
  if (!(error instanceof Error || isObject(error)) || depth > MAX_DEPTH) return false
  const { code, name, message, context, statusCode } = error as Record<string, unknown>
  const standard = isObject(context) ? context.__code : undefined
  return (
    [code, standard].some((each) => CODES.includes(each)) ||
    [code, statusCode].some((each) => STATUS_WORDS.includes(each)) ||
    (typeof name === 'string' && NAMES.test(name)) ||
    (typeof message === 'string' && meansNo(message, code)) ||
    INNER.some((key) => isWalletRejection((error as Record<string, unknown>)[key], depth + 1))
  )
}

function meansNo(text: string, code: unknown): boolean {
  // Nobody says no at length, and a hostile text must not cost more than a short one.
  const message = text.slice(0, 300).trim()
  return WORDS.some((each) => each.test(message)) || (!isServerCode(code) && WHOLE.test(message))
}

import type { FailureReason, RefusalReason } from '../../base/errors.js'

/** What went wrong, as far as a person can do something about it. */
export type Reason = 'unreachable' | 'busy' | 'behind' | 'unusable' | 'input' | 'token' | 'other'

/**
 * Everything the components say, in one language. A `when` is a time as `Intl` writes it ("12 seconds ago", "in 5 seconds"):
 * sentences are written around it, and hold whole in every language.
 */
export interface Messages {
  readonly balance: {
    /** In place of an amount. */
    readonly unavailable: string
    readonly noAccount: string
    /** Beside the amount: a signed change that was sent and that the chain has not confirmed. */
    readonly pending: (amount: string) => string
    /** What the mark beside an amount says, on hover, focus and tap, and to a screen reader. */
    readonly loading: string
    readonly live: string
    readonly polling: (when: string) => string
    readonly stale: (when: string) => string
    readonly missing: (when: string) => string
    readonly error: string
  }
  /** What is special about a balance: a word or two beside the amount, and why it matters, in sentences about the balance. */
  readonly flags: {
    readonly frozen: string
    readonly partFrozen: string
    readonly paused: string
    readonly nonTransferable: string
    readonly delegated: string
    readonly confidential: string
    readonly because: {
      readonly frozen: string
      readonly partFrozen: (amount: string) => string
      readonly paused: string
      readonly nonTransferable: string
      readonly delegated: (amount: string) => string
      readonly confidential: string
    }
  }
  /** What a drawing of a balance's changes says to who does not see it, and its table. */
  readonly history: {
    readonly none: string
    readonly table: string
    readonly summary: (amounts: {
      readonly from: string
      readonly to: string
      readonly lowest: string
      readonly highest: string
      /** How many changes. */
      readonly count: string
    }) => string
    readonly time: string
    readonly balance: string
    readonly change: string
  }
  /** What is told of changes; an amount has its sign. */
  readonly toasts: {
    readonly label: string
    readonly received: (amount: string) => string
    readonly sent: (amount: string) => string
    /** That it is a sum, of so many. */
    readonly changes: (count: string) => string
    readonly dismiss: string
  }
  readonly reason: Readonly<Record<Reason, string>>
  readonly connection: {
    readonly idle: string
    readonly connecting: string
    readonly syncing: string
    readonly live: string
    readonly suspect: string
    readonly waiting: string
    readonly offline: string
    readonly suspended: string
    readonly failed: string
    readonly closed: string
    /** There is no connection by choice, and values are asked for. */
    readonly polling: string
    /** The same, and it was given up for now. */
    readonly stopped: string
    readonly retry: string
    /** What the state means for the balances on the page. */
    readonly refreshed: string
    readonly outdated: string
    readonly nextAttempt: (when: string) => string
    /** What a screen reader announces when a change has lasted. */
    readonly nowLive: string
    readonly nowPolling: string
    readonly nowLost: string
    readonly nowOffline: string
    readonly nowFailed: string
  }
  readonly address: {
    readonly copy: string
    readonly copied: string
    readonly copyFailed: string
    readonly explore: string
    readonly invalid: string
  }
  readonly wallet: {
    readonly connect: string
    readonly connecting: string
    /** Of the button that waits no longer for a wallet. */
    readonly cancel: string
    readonly disconnect: string
    readonly account: (address: string) => string
    readonly choose: string
    readonly connected: (name: string) => string
    readonly change: string
    readonly close: string
    readonly card: string
    readonly none: string
    readonly noneFound: string
    readonly installed: string
    readonly install: string
    readonly hint: string
    readonly confirm: (name: string) => string
    readonly rejected: (name: string) => string
    readonly failed: (name: string) => string
  }
  readonly list: {
    readonly label: string
    readonly empty: string
    readonly error: string
    /** The names of the token programs of which some could not be read. */
    readonly incomplete: (programs: string) => string
  }
}

/** What forms say, beside everything else. */
export interface FormMessages {
  readonly form: {
    readonly asset: string
    readonly to: string
    readonly amount: string
    readonly max: string
    readonly memo: string
    readonly memoHint: string
    readonly memoTooLong: (bytes: string, max: string) => string
    readonly available: (amount: string) => string
    /** Beside the button: the amount as it was understood. */
    readonly sends: (amount: string) => string
    readonly burns: (amount: string) => string
    readonly send: string
    readonly burn: string
    readonly feeRate: (percent: string) => string
    readonly missingAccount: (rent: string) => string
    readonly makeAccount: string
    readonly burnWarning: string
    readonly burnConsent: string
    readonly noAccount: (token: string) => string
    readonly accountCost: (rent: string) => string
    readonly makeOwnAccount: string
    /** What is known of the address that was typed. */
    readonly recipient: {
      readonly wallet: string
      readonly unused: string
      /** It is a token account: its owner gets what is sent. */
      readonly owner: (address: string) => string
      readonly program: string
      readonly own: string
      /** When the wallet sent there last: a date. */
      readonly lastSent: (date: string) => string
      /** It is none of the last addresses that the wallet sent to. */
      readonly notRecent: string
      /** It begins and ends like an address that the wallet sent to, and is another. */
      readonly lookalike: (address: string) => string
      /** What one ticks to send to a program all the same. */
      readonly consent: string
    }
    readonly needsTo: string
    readonly badTo: string
    readonly needsAmount: string
    readonly badAmount: string
    readonly zeroAmount: string
    readonly precision: (decimals: string) => string
    readonly tooLarge: string
    readonly needsConsent: string
  }
  /** How far an action is, how it ended, and what it costs. */
  readonly action: {
    readonly building: string
    readonly signing: string
    readonly sending: string
    readonly confirming: string
    readonly confirmed: string
    readonly rejected: string
    readonly expired: string
    readonly cancelled: string
    readonly unconfirmed: string
    readonly again: string
    readonly failed: string
    readonly wouldFail: string
    /** The wallet gave another transaction than it was asked for. */
    readonly altered: string
    readonly unavailable: string
    readonly networkFee: (amount: string) => string
    readonly rent: (amount: string) => string
    readonly transferFee: (amount: string) => string
    readonly received: (amount: string) => string
    readonly offCurve: string
    readonly unused: string
  }
  /** Why an action was refused, before it was sent or by the program. */
  readonly refusal: Readonly<Record<RefusalReason | Exclude<FailureReason, 'unknown'>, string>>
}
/** Everything that is said in one language. */
export interface AllMessages extends Messages, FormMessages {}

/** Some words in place of the table's own. */
export type MessagesOverride = { readonly [Group in keyof AllMessages]?: Partial<AllMessages[Group]> | undefined }

/** The table with some words replaced, also of groups that it does not have. */
export function messagesWith<T extends Messages | FormMessages>(
  messages: T,
  override: MessagesOverride = {},
): T & MessagesOverride {
  const own: MessagesOverride = messages
  const groups = Object.keys({ ...own, ...override }) as (keyof AllMessages)[]
  return Object.fromEntries(groups.map((group) => [group, { ...own[group], ...override[group] }])) as never
}

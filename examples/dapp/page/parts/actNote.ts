import type { ActionPhase, ActionResult } from 'lamplight/actions'

const WORDS: Readonly<Record<ActionPhase, string>> = {
  idle: '',
  building: 'Checking…',
  signing: 'Asking the wallet…',
  sending: 'Sending…',
  confirming: 'On its way…',
  confirmed: 'Confirmed.',
  rejected: 'You said no, and nothing was sent.',
  failed: 'It failed.',
  cancelled: 'Cancelled, and nothing was sent.',
  unconfirmed: 'It may have gone through: look before you try again.',
  expired: 'It came too late to count, and nothing was moved.',
}

/** How far an action is, in words. */
export const actNote = ({ phase, error }: Pick<ActionResult<unknown>, 'phase' | 'error'>): string =>
  phase === 'failed' && error ? error.message : WORDS[phase]

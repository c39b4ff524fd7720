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
  expired: 'It came too late to count, and nothing was moved.',
}

/** How far an action is, in words. */
export const actNote = ({ phase, error }: Pick<ActionResult<unknown>, 'phase' | 'error'>): string =>
  phase === 'failed' && error ? error.message : WORDS[phase]

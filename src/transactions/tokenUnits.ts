import { CLOCK } from '../base/address.js'
import { shown } from '../base/check.js'
import { instantOf } from '../base/clock.js'
import { LamplightError } from '../base/errors.js'
import { chainMsOf } from '../token/chainClock.js'
import type { Mint } from '../token/mint.js'
import type { Planning } from './action.js'
import { freshAccount } from './freshAccount.js'
import { type ActionAmount, baseUnitsOf } from './guards.js'

/** Typed on one side of a new multiplier and sent on the other, an amount would be another one, in seconds. */
const NEAR_CHANGE = 60

/**
 * A token amount in base units, above 0. An amount as text is read by the chain's time, as the balance on screen is: the
 * device's date may be hours off.
 * @throws LamplightError `input/invalid-value`, also for text within a minute of another multiplier; as every read
 */
export async function tokenUnitsOf(
  planning: Planning,
  argument: string,
  input: ActionAmount,
  mint: Mint,
): Promise<bigint> {
  const { display } = mint
  if (typeof input === 'bigint' || !display) return baseUnitsOf(argument, input, mint, 0)
  const atSeconds = chainMsOf(await freshAccount(planning, CLOCK), instantOf(planning.clock)) / 1000
  const isNear = display.kind === 'scaled' && Math.abs(display.nextAt - atSeconds) <= NEAR_CHANGE
  if (!isNear || display.multiplier === display.nextMultiplier) return baseUnitsOf(argument, input, mint, atSeconds)
  const expected = "a bigint of base units, or a minute's patience: the mint changes its multiplier now"
  throw new LamplightError('input/invalid-value', { argument, input: shown(input), expected })
}

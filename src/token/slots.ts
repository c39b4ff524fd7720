/** Whether a value can be a slot: a whole number from 0 that a double holds exactly. */
export const isSlot = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

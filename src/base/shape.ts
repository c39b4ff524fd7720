import { isObject } from './wireText.js'

/** Whether something from outside has the shape of a `T`. It never throws. */
export type Shape<T> = (value: unknown) => value is T

/** Any text. */
export const isText: Shape<string> = (value) => typeof value === 'string'
/** `true` or `false`. */
export const isYesNo: Shape<boolean> = (value) => typeof value === 'boolean'
/** Any number but the one that is none; infinite ones too. */
export const isNumber: Shape<number> = (value): value is number => typeof value === 'number' && !Number.isNaN(value)
/** A number that a time can be. */
export const isTime: Shape<number> = (value): value is number => Number.isFinite(value)
/** A whole number from 0 that a double holds exactly. */
export const isCount: Shape<number> = (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** One of these values. */
export const oneOf =
  <const T>(...values: readonly T[]): Shape<T> =>
  (value): value is T =>
    values.includes(value as T)
/** One of these shapes. */
export const anyOf =
  <T>(...shapes: readonly Shape<T>[]): Shape<T> =>
  (value): value is T =>
    shapes.some((isOne) => isOne(value))
/** That shape, or `null`. */
export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value): value is T | null =>
    value === null || shape(value)
/** That shape, or left out. */
export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || shape(value)
/** A list, each of whose items has that shape. */
export const listOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(shape)
/** An object of any keys, each of whose values has that shape. */
export const tableOf =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.values(value).every(shape)

/** An object of exactly these fields: one more is as wrong as one less. */
export function objectOf<T extends object>(fields: { readonly [K in keyof Required<T>]: Shape<T[K]> }): Shape<T> {
  const all = Object.entries<Shape<unknown>>(fields)
  return (value): value is T =>
    isObject(value) &&
    Object.keys(value).every((key) => Object.hasOwn(fields, key)) &&
    all.every(([key, shape]) => shape(value[key]))
}

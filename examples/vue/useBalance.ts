import type { BalanceClient, BalanceOf, BalanceResult, TargetInput } from 'lamplight/core'
import {
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  type ShallowRef,
  shallowRef,
  toValue,
  watchEffect,
} from 'vue'

/** Where an app provides its client: `app.provide(balanceClientKey, client)`. */
export const balanceClientKey: InjectionKey<BalanceClient> = Symbol('balance client')

/**
 * A balance that stays true for as long as the component, or the effect scope, lives: `data`, `error` and `freshness` as
 * the client gives them. A ref or a getter as the target is followed wherever it goes; `null` follows nothing.
 */
export function useBalance<T extends TargetInput>(
  target: MaybeRefOrGetter<T | null>,
): Readonly<ShallowRef<BalanceResult<BalanceOf<T>> | undefined>> {
  const client = inject(balanceClientKey)
  if (!client) throw new Error('useBalance needs app.provide(balanceClientKey, client)')
  // Shallow: a result is replaced as a whole, and its fields are read only where a template reads them.
  const result = shallowRef<BalanceResult<BalanceOf<T>>>()
  // Stops by itself with the scope it was made in.
  watchEffect((onCleanup) => {
    const wanted = toValue(target)
    result.value = undefined
    if (!wanted) return
    onCleanup(
      client.follow(wanted, (next) => {
        result.value = next
      }),
    )
  })
  return result
}

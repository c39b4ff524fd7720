import type { CDPSession } from 'playwright'

/** What one function, or one module, cost a page. */
export interface Cost {
  readonly name: string
  readonly ms: number
}
/** Where a page's time went: by function, and in all. */
export interface Costs {
  readonly functions: readonly Cost[]
  readonly totalMs: number
}

/** Samples what the page runs until the returned function is called, which tells the dearest functions by their own time. */
export async function profiled(session: CDPSession): Promise<() => Promise<Costs>> {
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: 200 })
  await session.send('Profiler.start')
  return async () => {
    const { profile } = await session.send('Profiler.stop')
    const names = new Map(
      profile.nodes.map(({ id, callFrame: { functionName, lineNumber } }) => [
        id,
        functionName.startsWith('(') ? functionName : `${functionName || 'anonymous'}:${lineNumber + 1}`,
      ]),
    )
    const own = new Map<string, number>()
    profile.samples?.forEach((id, i) => {
      const name = names.get(id) ?? ''
      own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas?.[i] ?? 0) / 1000)
    })
    const all = [...own].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms)
    const busy = all.filter(({ name }) => name !== '(idle)')
    return { functions: busy.slice(0, 40), totalMs: busy.reduce((sum, { ms }) => sum + ms, 0) }
  }
}

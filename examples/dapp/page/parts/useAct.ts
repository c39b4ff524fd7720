import { useState } from 'react'

/** One thing at a time that a button started, and how it ended. */
export interface Act {
  readonly note: string
  readonly isBusy: boolean
  /** Does nothing while something else is under way. */
  start(doing: string, task: () => Promise<string>): void
}

/** Runs what buttons start: one at a time, with words for the beginning, the end and a failure. */
export function useAct(): Act {
  const [note, setNote] = useState('')
  const [isBusy, setBusy] = useState(false)
  async function run(doing: string, task: () => Promise<string>) {
    setBusy(true)
    setNote(doing)
    try {
      setNote(await task())
    } catch (error) {
      setNote(`That did not work: ${error instanceof Error ? error.message : String(error)}`)
    }
    setBusy(false)
  }
  return {
    note,
    isBusy,
    start(doing, task) {
      if (!isBusy) void run(doing, task)
    },
  }
}

import { useRef, useState } from 'react'

/** What buttons start, and how the last of it ended. */
export interface Act {
  readonly note: string
  readonly isBusy: boolean
  /** Runs after everything that was started before; `task` gives the words for its end. */
  start(task: () => Promise<string>): void
}

/** Runs what buttons start, one after the other, so that no press is lost and none overtakes another. */
export function useAct(): Act {
  const [note, setNote] = useState('')
  const [waiting, setWaiting] = useState(0)
  const last = useRef(Promise.resolve())
  async function run(task: () => Promise<string>) {
    try {
      setNote(await task())
    } catch (error) {
      setNote(`That did not work: ${error instanceof Error ? error.message : String(error)}`)
    }
    setWaiting((count) => count - 1)
  }
  return {
    note,
    isBusy: waiting > 0,
    start(task) {
      setWaiting((count) => count + 1)
      setNote('Working…')
      last.current = last.current.then(() => run(task))
    },
  }
}

/** A switch that flips at once and flips back if that fails. */
export function useSwitch(
  { start }: Act,
  apply: (isOn: boolean) => Promise<string>,
): readonly [isOn: boolean, flip: () => void] {
  const [isOn, setOn] = useState(false)
  function flip() {
    setOn(!isOn)
    start(async () => {
      try {
        return await apply(!isOn)
      } catch (error) {
        setOn(isOn)
        throw error
      }
    })
  }
  return [isOn, flip]
}

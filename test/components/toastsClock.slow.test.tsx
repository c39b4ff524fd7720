import { act, renderHook, waitFor } from '@testing-library/react'
import { expect, it, onTestFinished, vi } from 'vitest'
import { useToasts } from '../../src/components/useToasts.js'

it.each([-3_600_000, 3_600_000])('a toast leaves at its time though the date is set by %i ms', async (byMs) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { result } = renderHook(() => useToasts({ batchDelayMs: 10, durationMs: 600, max: 3 }))
  act(() => result.current.tell({ id: 'a', symbol: 'A', delta: 1n, decimals: 0 }))
  await waitFor(() => expect(result.current.toasts).toHaveLength(1))
  const shownMs = performance.now()
  vi.setSystemTime(Date.now() + byMs)
  await waitFor(() => expect(result.current.toasts).toHaveLength(0), { timeout: 10_000 })
  expect(performance.now() - shownMs).toBeGreaterThan(300)
})

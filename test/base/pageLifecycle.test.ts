import { describe, expect, it } from 'vitest'
import { createPageLifecycle } from '../../src/base/pageLifecycle.js'
import { createPageDouble } from '../support/pageDouble.js'

function setUp() {
  const page = createPageDouble()
  const { wake } = page
  const told: string[] = []
  const stops = (['wake', 'hide', 'freeze', 'offline', 'online'] as const).map((event) =>
    wake.on(event, (type) => told.push(`${event}: ${type}`)),
  )
  return { page, wake, told, stop: () => stops.forEach((each) => void each()) }
}

describe('what the page tells', () => {
  it('is put into five words', () => {
    const { page, told } = setUp()
    for (const type of ['pageshow', 'resume', 'pagehide', 'freeze', 'offline', 'online']) page.tell(type)
    expect(told).toEqual([
      'wake: pageshow',
      'wake: resume',
      'freeze: pagehide',
      'freeze: freeze',
      'offline: offline',
      'online: online',
    ])
  })

  it('says hide or wake by what can be seen when the visibility changes', () => {
    const { page, wake, told } = setUp()
    page.hide()
    expect(wake.isHidden).toBe(true)
    page.show()
    expect(told).toEqual(['hide: visibilitychange', 'wake: visibilitychange'])
  })

  it('knows what the browser believes of its network', () => {
    const { page, wake } = setUp()
    expect(wake.isOffline).toBe(false)
    page.setOnline(false)
    expect(wake.isOffline).toBe(true)
  })

  it('is listened to only while somebody wants to hear it', () => {
    const { page, told, stop } = setUp()
    expect(page.listening()).toBeGreaterThan(0)
    stop()
    stop()
    expect(page.listening()).toBe(0)
    page.tell('online')
    expect(told).toEqual([])
  })

  it('is nothing on a server', () => {
    const wake = createPageLifecycle(undefined)
    expect([wake.isHidden, wake.isOffline]).toEqual([false, false])
    wake.on('wake', () => {})()
  })
})

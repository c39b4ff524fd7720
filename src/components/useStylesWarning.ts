'use client'

import { useEffect } from 'react'

/** Said of a page: that it was looked at, or is about to be. */
const LOOKED = Symbol.for('lamplight.styles')
/** Styles that load with a route of their own come a little after what they are for. */
const LOOK_AFTER_MS = 1000

/**
 * Warns once for each page that draws components without `lamplight/styles.css`, in development. A page that draws nothing,
 * as jsdom and a server, is not looked at.
 */
export function useStylesWarning(): void {
  useEffect(() => {
    if (process.env.NODE_ENV === 'production' || !isDrawn()) return
    const page = document as { [LOOKED]?: boolean }
    if (page[LOOKED]) return
    page[LOOKED] = true
    const timer = setTimeout(() => {
      const verdict = look()
      // Nothing could be told: the next component that is mounted is looked at.
      if (verdict === 'unknown') page[LOOKED] = false
      if (verdict === 'bare') console.warn(MISSING)
      isOver = true
    }, LOOK_AFTER_MS)
    let isOver = false
    return () => {
      clearTimeout(timer)
      if (!isOver) page[LOOKED] = false
    }
  }, [])
}

const MISSING =
  "Lamplight's components are drawn without their styles. Add import 'lamplight/styles.css' to the app, or set --lamp-text on the page where the styles are your own."

/** Browsers know properties that are registered; what only plays one does not. */
const isDrawn = () => typeof CSS !== 'undefined' && 'registerProperty' in CSS

function look(): 'styled' | 'bare' | 'unknown' {
  const shown = [...document.querySelectorAll('[data-lamp]')].find((element) => element.getClientRects().length > 0)
  if (!shown || document.readyState !== 'complete') return 'unknown'
  const style = getComputedStyle(shown)
  return ['--_text', '--lamp-text'].some((name) => style.getPropertyValue(name)) ? 'styled' : 'bare'
}

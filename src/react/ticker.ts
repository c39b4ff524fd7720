'use client'

import { createContext } from 'react'
import { createTicker } from '../balances/chainTime.js'
import { systemClock } from '../base/clock.js'

/** The ticker of everything below; the page's own unless a test puts another one here. */
export const TickerContext = createContext(createTicker(systemClock))

'use client'

import { createContext } from 'react'
import { systemClock } from '../base/clock.js'
import { createClockTick } from '../client/balances/chainTime.js'

/** The ticker of everything below; the page's own unless a test puts another one here. */
export const ClockTickContext = createContext(createClockTick(systemClock))

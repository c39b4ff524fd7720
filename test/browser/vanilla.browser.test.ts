import { describe } from 'vitest'
import { testsOfExample } from './examplePage.js'

describe('the page with plain JavaScript', () => {
  testsOfExample('vanilla', 'Balances with plain JavaScript')
})

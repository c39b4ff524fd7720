import { describe } from 'vitest'
import { testsOfExample } from './examplePage.js'

describe('the page with Vue', () => {
  testsOfExample('vue', 'Balances with Vue')
})

import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// Two busy cores are slower than a waiting test thinks; what never comes still fails.
configure({ asyncUtilTimeout: 10_000 })
afterEach(cleanup)

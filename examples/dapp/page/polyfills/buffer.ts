import { Buffer } from 'buffer'

// spl-token looks for it while it loads, so this module is imported before anything else.
globalThis.Buffer ??= Buffer

import { Buffer } from 'buffer'

// web3.js looks for it when it makes a key, so this module is imported before anything else.
globalThis.Buffer ??= Buffer

import { Buffer } from 'buffer'

// The burner wallet looks for it while it loads, so this module is imported before anything else. The kit brings its own.
globalThis.Buffer ??= Buffer

import { Buffer } from 'buffer'

// What builds transactions looks for it, so this module is imported before anything else; a test may leave it out.
if (!new URLSearchParams(location.search).has('bare')) globalThis.Buffer ??= Buffer

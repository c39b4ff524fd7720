// A script and not a module, so that this declares the name for every file of a program. An app reaches it by
// `/// <reference types="lamplight-localnet" />`.
declare module 'virtual:lamplight-localnet' {
  /** The URL for requests; `null` in a build, where no chain runs. */
  export const rpcUrl: string | null
  /** The URL for sockets; `null` in a build. */
  export const wsUrl: string | null
}

/** `bench/peers`, where it is asked for; else nothing. */
declare module 'bench-peers' {
  export const peers: Readonly<Record<string, import('./setting.js').Adapter>>
}

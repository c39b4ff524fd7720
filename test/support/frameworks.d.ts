// What examples import of frameworks that this project does not install; a fresh app builds them with the real ones.
declare module 'next/server' {
  export function connection(): Promise<void>
}

/** A program's instructions, eight bytes each. */
type Code = readonly (readonly number[])[]

/** Succeeds when it is called with so many accounts, and fails with its own error 1 otherwise. */
export const succeedsWithAccounts = (count: number): Code => [
  [0x79, 0x12, 0, 0, 0, 0, 0, 0], // r2 = the number of accounts, the first word of the input
  [0xb7, 0x00, 0, 0, 0, 0, 0, 0], // r0 = 0
  [0x15, 0x02, 1, 0, count, 0, 0, 0], // when r2 is that many, skip one
  [0xb7, 0x00, 0, 0, 1, 0, 0, 0], // r0 = 1
  [0x95, 0x00, 0, 0, 0, 0, 0, 0], // return r0
]

const HEADER = 64
const SECTION = 64
const NAMES = '\0.text\0.shstrtab\0'

/** The smallest ELF file that Solana's loader takes: one section of code, and the names of sections. */
export function programOf(code: Code): Uint8Array {
  const text = code.flat()
  const namesAt = HEADER + text.length
  const sectionsAt = Math.ceil((namesAt + NAMES.length) / 8) * 8
  const file = new Uint8Array(sectionsAt + 3 * SECTION)
  const view = new DataView(file.buffer)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(16, 3, true) // shared object
  view.setUint16(18, 247, true) // BPF
  view.setUint32(20, 1, true)
  view.setBigUint64(24, BigInt(HEADER), true) // entry
  view.setBigUint64(40, BigInt(sectionsAt), true)
  view.setUint16(52, HEADER, true)
  view.setUint16(54, 56, true)
  view.setUint16(58, SECTION, true)
  view.setUint16(60, 3, true)
  view.setUint16(62, 2, true) // where the names are
  file.set(text, HEADER)
  file.set(new TextEncoder().encode(NAMES), namesAt)
  section(1, { name: 1, type: 1, flags: 6, at: HEADER, size: text.length, isLoaded: true })
  section(2, { name: 7, type: 3, flags: 0, at: namesAt, size: NAMES.length, isLoaded: false })
  return file

  function section(
    index: number,
    given: { [K in 'name' | 'type' | 'flags' | 'at' | 'size']: number } & { isLoaded: boolean },
  ) {
    const start = sectionsAt + index * SECTION
    view.setUint32(start, given.name, true)
    view.setUint32(start + 4, given.type, true)
    view.setBigUint64(start + 8, BigInt(given.flags), true)
    view.setBigUint64(start + 16, BigInt(given.isLoaded ? given.at : 0), true)
    view.setBigUint64(start + 24, BigInt(given.at), true)
    view.setBigUint64(start + 32, BigInt(given.size), true)
    view.setBigUint64(start + 48, 8n, true)
  }
}

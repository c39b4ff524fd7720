// FIPS 180-4. Synchronous on purpose: a query key needs the derived address during render, and the Web Crypto API is
// asynchronous and absent on plain http pages.

/** 32 bits after the point of the roots of the first primes: SHA-256's constants, which a double holds with room to spare. */
function rootBits(count: number, power: number): Int32Array {
  const constants = new Int32Array(count)
  for (let n = 2, found = 0; found < count; n++) {
    let divisor = 2
    while (n % divisor) divisor++
    if (divisor === n) constants[found++] = (n ** power % 1) * 2 ** 32
  }
  return constants
}

/** Makes a SHA-256 function. Its tables are computed once, when it is first called. */
export function createSha256(): (message: Uint8Array) => Uint8Array {
  let k: Int32Array | undefined
  let start: Int32Array | undefined
  const w = new Int32Array(64)
  return (message) => {
    k ??= rootBits(64, 1 / 3)
    start ??= rootBits(8, 1 / 2)
    const view = new DataView(new ArrayBuffer(((message.length + 72) >> 6) << 6))
    const bytes = new Uint8Array(view.buffer)
    bytes.set(message)
    bytes[message.length] = 0x80
    view.setUint32(bytes.length - 4, message.length * 8)
    const state = start.slice()
    for (let at = 0; at < bytes.length; at += 64) compress(state, view, at, w, k)
    state.forEach((word, i) => void view.setInt32(i * 4, word))
    return bytes.slice(0, 32)
  }
}

const turn = (x: number, by: number) => (x >>> by) | (x << (32 - by))
const turns = (x: number, i: number, j: number, k: number) => turn(x, i) ^ turn(x, j) ^ turn(x, k)

/** On eight numbers that change their roles: swapping them as an array takes three times as long. */
function compress(state: Int32Array, block: DataView, at: number, w: Int32Array, k: Int32Array) {
  const word = (i: number) => w[i] as number
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    if (i < 16) w[i] = block.getInt32(at + i * 4)
    else {
      const x = word(i - 15)
      const y = word(i - 2)
      const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
      w[i] = word(i - 16) + s0 + word(i - 7) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))
    }
    const t1 = (h + turns(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + (k[i] as number) + word(i)) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + turns(b, 2, 13, 22) + ((b & c) ^ (b & d) ^ (c & d))) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = (state[i] as number) + value
  })
}

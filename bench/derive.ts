import { getAssociatedTokenAddressSync } from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import { type Address, addressOfBytes, TOKEN_PROGRAM } from '../src/base/address.js'
import { associatedAddressOf } from '../src/token/associatedAddress.js'

const COUNT = 2000
const ROUNDS = 5

const random = () => addressOfBytes(crypto.getRandomValues(new Uint8Array(32)))
const pairs = Array.from({ length: COUNT }, () => [random(), random()] as const)
type Derive = (owner: Address, mint: Address) => string

const ours: Derive = (owner, mint) => associatedAddressOf(owner, mint, TOKEN_PROGRAM)
const theirs: Derive = (owner, mint) =>
  getAssociatedTokenAddressSync(new PublicKey(mint), new PublicKey(owner), true).toBase58()

/** Microseconds of processor time for one address, from texts to text. */
function cost(derive: Derive): { readonly us: number; readonly answers: readonly string[] } {
  const before = process.cpuUsage()
  const answers = pairs.map(([owner, mint]) => derive(owner, mint))
  const { user, system } = process.cpuUsage(before)
  return { us: (user + system) / COUNT, answers }
}

const best = { ours: Infinity, theirs: Infinity }
for (let round = 0; round < ROUNDS; round++) {
  const [mine, reference] = [cost(ours), cost(theirs)]
  if (mine.answers.some((answer, i) => answer !== reference.answers[i])) throw new Error('the answers differ')
  best.ours = Math.min(best.ours, mine.us)
  best.theirs = Math.min(best.theirs, reference.us)
}
const ratio = (best.theirs / best.ours).toFixed(1)
console.log(
  `derive: ${best.ours.toFixed(0)} µs an associated address; web3.js and spl-token ${best.theirs.toFixed(0)} µs; ${ratio} times as fast, same answers`,
)

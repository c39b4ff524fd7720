import fc from 'fast-check'
import type { FaultRule } from 'lamplight-localnet'
import { expect, it } from 'vitest'
import { inSimulatedTime } from '../support/simulatedTime.js'
import {
  DROPPED,
  MOST_BEHIND,
  type Nodes,
  nodesOnPorts,
  openChain,
  type Program,
  simulatedNodes,
} from './walkedChain.js'
import { perform, STEPS } from './walkedSteps.js'
import { atRest, lookAway, openWallet, type WalkedWallet, withdraw } from './walkedWallet.js'

// Random sequences of actions on the real ledger, with faults on. The model knows nothing of pushes or reads: a transaction
// counts in full from its signature on, and not at all once it was refused, failed or was given up. What is shown, confirmed
// and pending together, has to be that sum after every turn of the event loop, what is shown as confirmed what the ledger
// had in that slot, and everything the ledger's truth at rest.
//
// WALK_SEQUENCES=1008 walks that many sequences under each program. A failure says how to take the same walk again.

const PROGRAMS = ['token', 'token-2022'] as const
const SEQUENCES = Number(process.env.WALK_SEQUENCES ?? 160)
const SEED = Number(process.env.WALK_SEED ?? 20_261)
const PATH = process.env.WALK_PATH
const WALLETS = ['Ann', 'Ben', 'Cleo', 'Dan']

const FAULTS: readonly FaultRule[] = [
  { ...DROPPED, times: 1 },
  { on: 'http', method: 'sendTransaction', times: 2, do: { delayMs: 400 } },
  { on: 'http', method: 'getSignatureStatuses', times: 2, do: { delayMs: 600 } },
  { on: 'http', method: 'getSignatureStatuses', times: 1, do: { status: 503 } },
  { on: 'http', method: 'get*', times: 2, do: { status: 503 } },
  { on: 'notification', times: 3, do: { delayMs: 500 } },
  { on: 'notification', times: 2, do: { duplicate: true } },
  { on: 'notification', times: 2, do: { lose: true } },
]

const ms = (max: number) => fc.integer({ min: 0, max })
const step = fc.record({
  // Where one expires, all that is under way does: one in thirty is enough.
  op: fc.oneof(
    { weight: 29, arbitrary: fc.constantFrom(...STEPS) },
    { weight: 1, arbitrary: fc.constantFrom('expire', 'late') },
  ),
  atMs: ms(2000),
  thinkMs: fc.oneof(fc.constant(0), ms(2000)),
  giveUpMs: ms(4000),
})
const sequence = fc.array(step, { minLength: 1, maxLength: 4 })
const roundOf = (wallets: number) =>
  fc.record({
    sequences: fc.array(sequence, { minLength: wallets, maxLength: wallets }),
    faults: fc.subarray([...FAULTS], { maxLength: 3 }),
    reorgsAtMs: fc.array(ms(5000), { maxLength: 2 }),
    dropsAtMs: fc.array(ms(5000), { maxLength: 1 }),
    stallsAtMs: fc.array(ms(5000), { maxLength: 1 }),
    hides: fc.array(fc.record({ who: fc.nat(wallets - 1), atMs: ms(5000), forMs: ms(5000) }), { maxLength: 2 }),
  })
type Round = ReturnType<ReturnType<typeof roundOf>['generate']>['value_']
const walk = fc.record({
  nodes: fc.record({
    seed: fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
    slotMs: fc.constantFrom(400, 100),
    behind: fc.constantFrom(0, MOST_BEHIND),
    mostlyMs: fc.constantFrom(60, 5, 400),
    seldomMs: fc.constantFrom(1000, 3000),
  }),
  rounds: fc.array(roundOf(WALLETS.length), { minLength: 1, maxLength: 3, size: 'max' }),
})

/** Walks some rounds over one chain, and gives how the actions ended. */
async function take(nodes: Nodes, program: Program, rounds: readonly Round[], names = WALLETS): Promise<string[]> {
  const chain = openChain(nodes, program)
  try {
    const wallets = await Promise.all(names.map((name) => openWallet(chain, name)))
    for (const each of rounds) await takeRound(chain, wallets, each)
    return wallets.flatMap(({ ends }) => ends)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\nWhat happened:\n${chain.notes.join('\n')}`)
  } finally {
    chain.close()
  }
}

async function takeRound(chain: ReturnType<typeof openChain>, wallets: readonly WalkedWallet[], round: Round) {
  const { net, note } = chain
  const at = (whenMs: number, what: string, task: () => void) =>
    setTimeout(() => {
      note(what)
      task()
    }, whenMs)
  const undo = round.faults.map((fault) => net.faults.add(fault))
  const timers = [
    ...round.reorgsAtMs.map((whenMs) => at(whenMs, 'a fork', () => net.reorg(1))),
    ...round.dropsAtMs.map((whenMs) => at(whenMs, 'sockets drop', () => net.dropSockets())),
    ...round.stallsAtMs.flatMap((whenMs) => [
      at(whenMs, 'sockets stall', () => net.pauseSockets()),
      at(whenMs + 2000, 'sockets go on', () => net.resumeSockets()),
    ]),
    ...round.hides.map(({ who, atMs, forMs }) =>
      at(atMs, `${wallets[who]?.name} is not shown for ${forMs} ms`, () =>
        lookAway(wallets[who] as WalkedWallet, forMs),
      ),
    ),
  ]
  await Promise.all(
    wallets.flatMap((wallet, i) => round.sequences[i]?.map((each, n) => perform(chain, wallet, each, n))),
  )
  for (const timer of timers) clearTimeout(timer)
  net.resumeSockets()
  for (const each of undo) each()
  await Promise.all(wallets.map((wallet) => atRest(chain, wallet)))
  for (const wallet of wallets) withdraw(wallet)
  const wrong = wallets.flatMap((wallet) => wallet.wrong)
  if (wrong.length > 0) throw new Error(`Wrong frames:\n${wrong.slice(0, 20).join('\n')}`)
}

it.each(PROGRAMS)(
  'shows what is confirmed and pending as one right sum in every frame, under the program %s',
  async (program) => {
    const ends: string[] = []
    let [walked, isFound] = [0, false]
    const property = fc.asyncProperty(walk, async ({ nodes, rounds }) => {
      if (walked >= SEQUENCES && !isFound) return
      walked += rounds.length * WALLETS.length
      isFound = true
      ends.push(...(await inSimulatedTime(() => take(simulatedNodes(nodes), program, rounds))))
      isFound = false
    })
    await fc.assert(property, {
      numRuns: SEQUENCES,
      seed: SEED,
      ...(PATH ? { path: PATH } : { endOnFailure: true }),
      asyncReporter: async ({ failed, counterexample, counterexamplePath, errorInstance }) => {
        if (!failed) return
        const again = `WALK_SEED=${SEED} WALK_PATH=${counterexamplePath} npx vitest run --project unit test/transactions/randomWalk.slow.test.ts -t '${program}$'`
        const why = (errorInstance as Error).message
        throw new Error(
          `After ${walked} sequences: ${why}\n\nThe walk: ${fc.stringify(counterexample)}\nAgain, and made smaller: ${again}`,
        )
      },
    })
    if (!PATH && SEQUENCES >= 100) expectAllKinds(ends)
  },
  SEQUENCES * 2000,
)

/** A walk on which everything fails, or nothing does, shows little. Four of nine kinds of steps are not meant to be confirmed. */
function expectAllKinds(ends: readonly string[]) {
  for (const end of ['wallet/rejected', 'action/failed', 'action/expired', 'action/unconfirmed'])
    expect(ends).toContain(end)
  expect(ends.filter((end) => end === 'confirmed').length).toBeGreaterThan(ends.length * 0.4)
}

it('does so over ports and sockets of this machine, in real time', async () => {
  const names = Array.from({ length: 16 }, (_, i) => `Wallet ${i}`)
  const rounds = fc.sample(roundOf(names.length), { numRuns: PROGRAMS.length, seed: SEED })
  const ends = await Promise.all(
    PROGRAMS.map(async (program, i) => take(await nodesOnPorts(), program, [rounds[i] as Round], names)),
  )
  expect(ends.flat()).toContain('confirmed')
}, 60_000)

import { ed25519 } from '@noble/curves/ed25519.js'
import { createSignInMessageText } from '@solana/wallet-standard-util'
import fc from 'fast-check'
import { isLamplightError } from 'lamplight'
import {
  createNonce,
  createSignInInput,
  type SignInInput,
  type SignInRequest,
  signInTextOf,
  verifySignIn,
} from 'lamplight/signin-server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { verifyEd25519 } from '../../src/signin/ed25519.js'
import { clock, createServer, createSigner, NOW, outcomeOf, proofOf, request } from './signer.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

const text = (pattern: RegExp) => fc.stringMatching(pattern)
const uri = text(/^https:\/\/[a-z]{1,9}\.example\/[a-z0-9?=&%-]{0,9}$/)
/** Everything a server may ask. */
const requests: fc.Arbitrary<SignInRequest> = fc.record(
  {
    domain: text(/^[a-z0-9]{1,9}\.example(:\d{2,5})?$/),
    statement: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((line) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line)),
    uri,
    chainId: fc.constantFrom('mainnet', 'devnet', 'solana:mainnet', 'solana:testnet', 'localnet'),
    requestId: text(/^[A-Za-z0-9._~-]{1,20}$/),
    resources: fc.array(uri, { maxLength: 4 }),
  },
  { requiredKeys: ['domain'] },
)

describe('an honest sign-in', () => {
  const signer = createSigner()

  it("is taken whatever the server asks, and its text is the standard library's to the byte", async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.boolean(), async (asked, isLater) => {
        const input: SignInInput = {
          ...createSignInInput(asked, { clock }),
          ...(isLater ? { notBefore: new Date(NOW - 1000).toISOString() } : {}),
        }
        expect(signInTextOf(input, signer.address)).toBe(createSignInMessageText({ ...input, address: signer.address }))
        const consumeNonce = (nonce: string) => nonce === input.nonce
        const verdict = await verifySignIn(proofOf(input, signer), { ...asked, consumeNonce, clock })
        expect(verdict).toEqual({ ok: true, address: signer.address, input })
      }),
      { numRuns: 200 },
    )
  })

  it('survives the way through JSON, with what else a client sends left out', async () => {
    const server = createServer()
    const proof = { ...proofOf(server.ask(), signer), extra: 1, input: { ...server.ask(), role: 'admin' } }
    const signed = proofOf(proof.input, signer)
    const verdict = await server.verify(JSON.parse(JSON.stringify({ ...proof, ...signed })))
    expect(verdict.ok && Object.keys(verdict.input).sort()).toEqual([
      'domain',
      'expirationTime',
      'issuedAt',
      'nonce',
      'statement',
      'version',
    ])
  })

  it('may be issued by a server whose clock is a little ahead', async () => {
    const server = createServer()
    const ahead = (ms: number) => server.ask({ issuedAt: new Date(NOW + ms).toISOString() })
    expect(outcomeOf(await server.verify(proofOf(ahead(30_000), signer)))).toBe('ok')
    expect(outcomeOf(await server.verify(proofOf(ahead(30_001), signer)))).toBe('not-yet-valid')
  })
})

describe('nonces', () => {
  it('are 24 letters and digits, each as likely as another, and never the same twice', () => {
    const nonces = Array.from({ length: 3000 }, createNonce)
    expect(new Set(nonces).size).toBe(nonces.length)
    expect(nonces.filter((nonce) => !/^[A-Za-z0-9]{24}$/.test(nonce))).toEqual([])
    const counts = new Map<string, number>()
    for (const sign of nonces.join('')) counts.set(sign, (counts.get(sign) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // 1161 of each are expected, give or take 34; taking bytes as they come would give the first eight a quarter more.
    expect(Math.max(...counts.values())).toBeLessThan(1161 + 6 * 34)
  })

  it('are asked for last, so that nobody uses up the nonce of another', async () => {
    const consumed: string[] = []
    const server = createServer({ consumeNonce: (nonce) => consumed.push(nonce) > 0 })
    const input = server.ask()
    const stranger = createSigner()
    const stolen = proofOf(input, createSigner(), { address: stranger.address })
    expect(outcomeOf(await server.verify(stolen))).toBe('message')
    expect(consumed).toEqual([])
    expect(outcomeOf(await server.verify(proofOf(input, stranger)))).toBe('ok')
    expect(consumed).toEqual([input.nonce])
  })

  it('refuse whatever their store says but true, and pass on what it throws', async () => {
    for (const answer of [false, 1, 'OK', undefined, null, {}]) {
      const server = createServer({ consumeNonce: (() => answer) as unknown as () => boolean })
      expect(outcomeOf(await server.verify(proofOf(server.ask(), createSigner())))).toBe('nonce')
    }
    const down = new Error('the store is down')
    const server = createServer({ consumeNonce: () => Promise.reject(down) })
    await expect(server.verify(proofOf(server.ask(), createSigner()))).rejects.toBe(down)
  })
})

describe('hostile input', () => {
  const signer = createSigner()

  it('is refused with a reason, and never thrown about', async () => {
    const server = createServer()
    const honest = proofOf(server.ask(), signer)
    const parts = fc.record(
      {
        input: fc.oneof(fc.constant(honest.input), fc.anything(), fc.dictionary(fc.string(), fc.anything())),
        address: fc.oneof(fc.constant(honest.address), fc.anything(), fc.string()),
        signedMessage: fc.oneof(fc.constant(honest.signedMessage), fc.anything(), fc.base64String()),
        signature: fc.oneof(fc.constant(honest.signature), fc.base64String({ minLength: 80, maxLength: 100 })),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(parts, fc.anything(), fc.jsonValue()), async (proof) => {
        const isHonest = JSON.stringify(proof) === JSON.stringify(honest)
        expect((await server.verify(proof)).ok && !isHonest).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('is refused when any one byte of an honest proof differs', async () => {
    const server = createServer({ consumeNonce: () => true })
    const honest = JSON.stringify(proofOf(server.ask(), signer))
    expect(outcomeOf(await server.verify(JSON.parse(honest)))).toBe('ok')
    await fc.assert(
      fc.asyncProperty(fc.nat(honest.length - 1), fc.integer({ min: 32, max: 126 }), async (at, code) => {
        const changed = honest.slice(0, at) + String.fromCharCode(code) + honest.slice(at + 1)
        let proof: unknown
        try {
          proof = JSON.parse(changed)
        } catch {
          return
        }
        const verdict = await server.verify(proof)
        expect(verdict.ok).toBe(JSON.stringify(proof) === honest)
      }),
      { numRuns: 1000 },
    )
  })

  it('is refused unread when it is too long', async () => {
    const server = createServer()
    const honest = proofOf(server.ask(), signer)
    const long = 'A'.repeat(10_000_000)
    const resources = Array.from({ length: 33 }, () => 'https://a.example')
    const inputs = [{ statement: long }, { domain: long }, { resources }, { resources: [`https://${long}`] }]
    const proofs = [
      { ...honest, signedMessage: long },
      { ...honest, signature: long },
      { ...honest, address: long },
      ...inputs.map((change) => ({ ...honest, input: { ...honest.input, ...change } })),
      { ...honest, input: { ...honest.input, resources: resources.slice(1).map((each) => each.padEnd(200, 'a')) } },
    ]
    const verdicts = await Promise.all(proofs.map(server.verify))
    expect(verdicts.map(outcomeOf)).toEqual(proofs.map((_, i) => (i === 2 ? 'address' : 'malformed')))
    for (const verdict of verdicts) expect(JSON.stringify(verdict).length).toBeLessThan(300)
  })
})

describe('the check of a signature', () => {
  it('says what a strict implementation says, for right and for damaged ones', async () => {
    const signature = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((seed) => ({
      key: ed25519.getPublicKey(seed),
      seed,
    }))
    const seen = new Set<boolean>()
    await fc.assert(
      fc.asyncProperty(
        signature,
        fc.uint8Array({ maxLength: 200 }),
        fc.option(fc.tuple(fc.constantFrom('key', 'message', 'signature'), fc.nat(63), fc.nat(254))),
        async ({ key, seed }, message, damage) => {
          const parts = { key: key.slice(), message: message.slice(), signature: ed25519.sign(message, seed).slice() }
          if (damage) {
            const [part, at, by] = damage
            const bytes = parts[part as keyof typeof parts]
            if (bytes.length > 0) bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ (by + 1)
          }
          const strict = ed25519.verify(parts.signature, parts.message, parts.key, { zip215: false })
          seen.add(strict)
          expect(await verifyEd25519(parts.key, parts.message, parts.signature)).toBe(strict)
        },
      ),
      { numRuns: 200 },
    )
    expect([...seen].sort()).toEqual([false, true])
  })

  it('takes no key and no signature of another length', async () => {
    expect(await verifyEd25519(new Uint8Array(31), new Uint8Array(), new Uint8Array(64))).toBe(false)
    expect(await verifyEd25519(new Uint8Array(32), new Uint8Array(), new Uint8Array(63))).toBe(false)
  })

  it.each([
    ['no WebCrypto', undefined],
    ['no WebCrypto on a page that is not secure', {}],
    ['no Ed25519', { subtle: { importKey: () => Promise.reject(new DOMException('x', 'NotSupportedError')) } }],
  ])('says so where there is %s', async (_, crypto) => {
    const [server, signer] = [createServer(), createSigner()]
    const proof = proofOf(server.ask(), signer)
    vi.stubGlobal('crypto', crypto)
    const error = await server.verify(proof).catch((thrown: unknown) => thrown)
    expect(isLamplightError(error, 'input/invalid-value') && error.context.argument).toBe('crypto.subtle')
  })
})

describe('a wrong option', () => {
  const argumentOf = async (run: () => unknown) => {
    const error = await (async () => run())().catch((thrown: unknown) => thrown)
    return isLamplightError(error, 'input/invalid-value') ? error.context.argument : error
  }
  const consumeNonce = () => true

  it('is named', async () => {
    expect(await argumentOf(() => verifySignIn({}, { consumeNonce } as never))).toBe('options.domain')
    expect(await argumentOf(() => verifySignIn({}, undefined as never))).toBe('options')
    expect(await argumentOf(() => verifySignIn({}, { domain: 'https://x', consumeNonce }))).toBe('options.domain')
    expect(await argumentOf(() => verifySignIn({}, { domain: 'x' } as never))).toBe('options.consumeNonce')
    expect(await argumentOf(() => createSignInInput({ domain: 'a b' }))).toBe('request.domain')
    expect(await argumentOf(() => createSignInInput({ ...request, statement: 'a\nb' }))).toBe('request.statement')
    expect(await argumentOf(() => createSignInInput(request, { lifetimeMs: 0 }))).toBe('options.lifetimeMs')
    expect(await argumentOf(() => createSignInInput(request, { lifetimeMs: Number.NaN }))).toBe('options.lifetimeMs')
    expect(await argumentOf(() => createSignInInput(request, { nonce: 'short' }))).toBe('options.nonce')
  })

  it('that is no number refuses every sign-in', async () => {
    const signer = createSigner()
    for (const option of ['clockSkewMs', 'maxLifetimeMs']) {
      const server = createServer({ [option]: Number.NaN })
      expect((await server.verify(proofOf(server.ask(), signer))).ok).toBe(false)
    }
  })
})

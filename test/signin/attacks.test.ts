import type { SignInInput } from 'lamplight/signin-server'
import { describe, expect, it } from 'vitest'
import {
  base64,
  bytes,
  createServer,
  createSigner,
  libraryAccepts,
  messageOf,
  NOW,
  outcomeOf,
  proofOf,
} from './signer.js'

const iso = (fromNowMs: number) => new Date(NOW + fromNowMs).toISOString()
const MINUTE = 60_000

describe('what the library verifier lets pass', () => {
  const signer = createSigner()

  it("is refused: an attacker's key under a victim's address", async () => {
    const [server, victim] = [createServer(), createSigner()]
    const input = server.ask()
    const message = messageOf(input, victim.address)
    const proof = proofOf(input, victim, { signature: base64(signer.sign(message)) })
    expect(libraryAccepts(proof, signer.publicKey)).toBe(true)
    expect(outcomeOf(await server.verify(proof))).toBe('signature')
    // Nor does it help to send the key along.
    const sent = { ...proof, publicKey: [...signer.publicKey], account: { publicKey: [...signer.publicKey] } }
    expect(outcomeOf(await server.verify(sent))).toBe('signature')
  })

  it.each([
    ['expired', 'expired', { issuedAt: iso(-6 * MINUTE), expirationTime: iso(-MINUTE) }],
    ['expiring right now', 'expired', { expirationTime: iso(0) }],
    ['issued in the future', 'not-yet-valid', { issuedAt: iso(MINUTE), expirationTime: iso(2 * MINUTE) }],
    ['not valid yet', 'not-yet-valid', { notBefore: iso(MINUTE) }],
    ['valid for a year', 'lifetime', { expirationTime: iso(365 * 24 * 60 * MINUTE) }],
    ['made for a phishing site', 'domain', { domain: 'app.example.evil' }],
    ['made for another port', 'domain', { domain: 'app.example:8443' }],
    ['with another statement', 'request', { statement: 'Hello.' }],
    ['with an URI nobody asked for', 'request', { uri: 'https://evil.example/' }],
    ['for another chain', 'request', { chainId: 'solana:devnet' }],
    ['with resources nobody asked for', 'request', { resources: ['https://evil.example/'] }],
    ['with an empty list nobody asked for', 'request', { resources: [] }],
    ['with a request id nobody asked for', 'request', { requestId: 'x' }],
    ['of a chain that is not known', 'malformed', { chainId: 'eip155:1' }],
    ['of another version', 'malformed', { version: '2' }],
    ['with a short nonce', 'malformed', { nonce: '1234567' }],
  ] as const)('is refused: a text %s', async (_, reason, change) => {
    const server = createServer()
    const proof = proofOf(server.ask(change as Partial<SignInInput>), signer)
    expect(libraryAccepts(proof, signer.publicKey)).toBe(true)
    expect(outcomeOf(await server.verify(proof))).toBe(reason)
  })

  it.each(['expirationTime', 'issuedAt', 'nonce', 'version'] as const)(
    'is refused: a text without %s',
    async (field) => {
      const server = createServer()
      const { [field]: _, ...input } = server.ask()
      const proof = proofOf(input as SignInInput, signer)
      expect(libraryAccepts(proof, signer.publicKey)).toBe(true)
      expect(await server.verify(proof)).toMatchObject({ reason: 'malformed', why: expect.stringContaining(field) })
    },
  )

  it('is refused: the same proof again, also when both come at once', async () => {
    const server = createServer()
    const proof = proofOf(server.ask(), signer)
    const both = await Promise.all([server.verify(proof), server.verify(proof)])
    expect(both.map(outcomeOf).sort()).toEqual(['nonce', 'ok'])
    expect(outcomeOf(await server.verify(proof))).toBe('nonce')
    expect(libraryAccepts(proof, signer.publicKey)).toBe(true)
  })

  it('is refused: a nonce that was never issued', async () => {
    const server = createServer()
    const proof = proofOf({ ...server.ask(), nonce: 'MadeUpByMyself' }, signer)
    expect(libraryAccepts(proof, signer.publicKey)).toBe(true)
    expect(outcomeOf(await server.verify(proof))).toBe('nonce')
  })
})

describe('what a wallet or a browser may have changed', () => {
  const signer = createSigner()

  it.each([
    ['a prefix', (text: string) => `\xffsolana offchain ${text}`],
    ['a line more', (text: string) => `${text}\nURI: https://evil.example/`],
    ['a line end more', (text: string) => `${text}\n`],
    ['another sign', (text: string) => text.replace('Sign', 'sign')],
    ['nothing of it', () => ''],
  ])('is refused, though signed by the right key: the text with %s', async (_, change) => {
    const server = createServer()
    const input = server.ask()
    const own = new TextEncoder().encode(change(new TextDecoder().decode(messageOf(input, signer.address))))
    const sent = { signedMessage: base64(own), signature: base64(signer.sign(own)) }
    expect(outcomeOf(await server.verify(proofOf(input, signer, sent)))).toBe('message')
    // Nor is it taken when the browser claims that the right text was signed.
    expect(outcomeOf(await server.verify(proofOf(input, signer, { signature: sent.signature })))).toBe('signature')
  })

  it('is refused: a signature of another key, a broken one, and one over the answer to another question', async () => {
    const server = createServer()
    const [input, other] = [server.ask(), server.ask()]
    const { signature, signedMessage } = proofOf(other, signer)
    const broken = bytes(proofOf(input, signer).signature)
    broken[40] = (broken[40] as number) ^ 1
    const stranger = proofOf(input, signer, {
      signature: base64(createSigner().sign(messageOf(input, signer.address))),
    })
    const outcomes = [
      stranger,
      proofOf(input, signer, { signature: base64(broken) }),
      proofOf(input, signer, { signature }),
      proofOf(input, signer, { signature, signedMessage }),
    ].map(async (proof) => outcomeOf(await server.verify(proof)))
    expect(await Promise.all(outcomes)).toEqual(['signature', 'signature', 'signature', 'message'])
  })

  it('is refused: another address than the one that was asked', async () => {
    const other = createSigner()
    const server = createServer({ address: other.address })
    const input = server.ask({ address: other.address })
    expect(outcomeOf(await server.verify(proofOf(input, other)))).toBe('ok')
    const asked = server.ask({ address: other.address })
    expect(outcomeOf(await server.verify(proofOf(asked, signer)))).toBe('address')
    expect(outcomeOf(await server.verify(proofOf(server.ask(), signer)))).toBe('request')
    expect(outcomeOf(await server.verify(proofOf(asked, other, { address: signer.address })))).toBe('address')
  })

  it.each([
    ['statement', 'Sign in.\n\nURI: https://evil.example/'],
    ['statement', 'Sign in.\rURI: x'],
    ['statement', 'Sign in.\u2028URI: x'],
    ['statement', 'Pay \u202e1 LOS'],
    ['statement', 'half a pair \ud800'],
    ['statement', ''],
    ['domain', 'evil.example wants you to sign in with your Solana account:\nx'],
    ['domain', 'app.example@evil.example'],
    ['domain', 'app.example/evil'],
    ['domain', 'app.example '],
    ['nonce', '12345678\nIssued At: 1970-01-01T00:00:00Z'],
    ['nonce', '1234-5678'],
    ['uri', 'https://app.example/\nVersion: 1'],
    ['uri', '/relative'],
    ['requestId', '1\nResources:'],
    ['resources', ['https://a.example\n- https://evil.example/']],
    ['resources', ['not an uri']],
    ['resources', 'https://a.example'],
    ['resources', [['https://a.example']]],
    ['chainId', 'solana:mainnet\nNonce: 12345678'],
    ['issuedAt', 'yesterday'],
    ['expirationTime', '2026-11-21T12:01:00'],
    ['notBefore', '2026-13-41T12:00:00Z'],
    ['version', ['1']],
    ['address', 'O0Il'],
  ] as const)('is refused: %s with %j', async (field, value) => {
    const server = createServer()
    const input = { ...server.ask(), [field]: value } as SignInInput
    const proof = proofOf(input, signer)
    const verdict = await server.verify(proof)
    expect(verdict).toMatchObject({ reason: 'malformed', why: expect.stringContaining(`input.${field}`) })
  })
})

import fc from 'fast-check'
import { isLamplightError, type LamplightError } from 'lamplight'
import { createSignInInput } from 'lamplight/signin-server'
import { describe, expect, it } from 'vitest'
import { isWalletRejection } from '../../src/base/walletRefusal.js'
import { askWallet, type SignInOutput, type SignInWallet } from '../../src/signin/walletQuestion.js'
import { createSigner, messageOf, request } from './signer.js'

const signer = createSigner()
const input = createSignInInput(request)
const honest: SignInOutput = {
  account: { address: signer.address, publicKey: signer.publicKey },
  signedMessage: messageOf(input, signer.address),
  signature: signer.sign(messageOf(input, signer.address)),
}
const walletWith = (signIn: SignInWallet['signIn']): SignInWallet => ({
  isChosen: true,
  address: signer.address,
  signIn,
  signMessage: undefined,
})
const failureAt = (wallet: SignInWallet) =>
  askWallet(() => wallet, input).then(
    () => undefined,
    (error: LamplightError) => error,
  )

describe('what a wallet answers', () => {
  it.each([
    ['an address that is not its key', { account: { address: createSigner().address, publicKey: signer.publicKey } }],
    ['another kind of signature', { signatureType: 'secp256k1' }],
    ['no signature', { signature: undefined }],
    ['no account', { account: undefined }],
  ])('is a failure of the wallet: %s', async (_, change) => {
    const error = await failureAt(walletWith(async () => ({ ...honest, ...change }) as SignInOutput))
    expect(isLamplightError(error, 'wallet/failed')).toBe(true)
  })

  it('is taken when it is right, also with bytes that came as lists', async () => {
    expect(await failureAt(walletWith(async () => honest))).toBeUndefined()
    const lists = { ...honest, account: { ...honest.account, publicKey: [...signer.publicKey] } }
    expect(await failureAt(walletWith(async () => lists))).toBeUndefined()
  })

  it('becomes an error of this library, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withNullPrototype: true, withDate: true, withMap: true }),
        fc.boolean(),
        async (answer, isThrown) => {
          const wallet = walletWith(async () => {
            if (isThrown) throw answer
            return answer as SignInOutput
          })
          expect(isLamplightError(await failureAt(wallet))).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('what a wallet throws', () => {
  it.each([
    [new Error('The device is locked'), 'The device is locked'],
    [{ code: -32603, message: 'Internal error' }, 'Internal error'],
    [Object.assign(new Error(''), { name: 'WalletSignInError' }), 'WalletSignInError'],
    ['no', 'no'],
    [undefined, 'undefined'],
    [Object.create(null), '[object Object]'],
    [new Error('long '.repeat(1000)), 'long long'],
  ])('is told in its own words, and briefly: %o', async (thrown, messages) => {
    const error = await failureAt(walletWith(() => Promise.reject(thrown)))
    expect(error?.message).toContain(messages)
    expect(error?.message.length).toBeLessThan(200)
    expect(error?.cause).toBe(thrown)
  })
})

describe('a refusal by the person', () => {
  const named = (name: string) => Object.assign(new Error('x'), { name })
  const cycle = new Error('round and round')
  cycle.cause = cycle

  const refused: readonly (readonly [string, unknown])[] = [
    ["EIP-1193's code", Object.assign(new Error('x'), { code: 4001 })],
    ['that code in an object that is no error', { code: 4001 }],
    ["the standard's code", Object.assign(new Error('x'), { context: { __code: 4001000 } })],
    ['a window that was closed', named('WalletWindowClosedError')],
    ['a wrapped one', Object.assign(new Error('x'), { error: { code: 4001 } })],
    ['a cause', new Error('x', { cause: new Error('y', { cause: { code: 4001 } }) })],
    ...[4001, 5000, 5001, 5002, -1, -3, 'ACTION_REJECTED', 'ERROR_ASSOCIATION_CANCELLED'].map(
      (code) => [`the code ${code}`, Object.assign(new Error('x'), { code })] as const,
    ),
    ['a Ledger', { name: 'TransportStatusError', statusCode: 0x6985, message: 'x' }],
    ['a Ledger of today', { name: 'LockedDeviceError', statusCode: 0x5501 }],
    ['a passkey that was dismissed', named('NotAllowedError')],
    ["Ledger's name", named('UserRefusedOnDevice')],
    ["viem's name", named('UserRejectedRequestError')],
    ['data', { code: -32603, message: 'Internal error', data: { originalError: { code: 4001 } } }],
    ...[
      'User rejected the request.',
      'User denied request signature.',
      'The user has declined the transaction',
      'user closed popup',
      'The popup window was closed',
      'Transaction rejected',
      'Transaction was rejected.',
      'Transaction cancelled',
      'Signature request denied',
      'Approval Denied',
      'Connection rejected',
      'Cancelled',
      'declined',
      'Rejected the request',
      'Rejected from user',
      'authorization request declined',
      'sign in request was declined',
      'Ledger device: Condition of use not satisfied (denied by the user?) (0x6985)',
    ].flatMap((messages) => [
      [`the thrown text "${messages}"`, messages] as const,
      [
        `an error that says "${messages}"`,
        Object.assign(new Error(messages), { name: 'WalletSignTransactionError' }),
      ] as const,
    ]),
    ['words', new Error('User canceled the request')],
    ['words the other way round', new Error('Request rejected by user')],
  ]
  it.each(refused)('is told by %s', (_, error) => {
    expect(isWalletRejection(error)).toBe(true)
  })

  const other: readonly (readonly [string, unknown])[] = [
    ['a transaction that a node rejected', Object.assign(new Error('Transaction rejected'), { code: -32003 })],
    ['a device', new Error('The device is locked')],
    ...[
      'Transaction rejected: blockhash not found',
      'The request was rejected by the server',
      'Too many requests: request denied due to rate limits',
      'Simulation failed: transaction was rejected by a program',
      'The requested account has not been authorized by the user.',
      'Session closed',
      'fetch was aborted',
      'Access denied',
      `${'x'.repeat(400)} user rejected`,
    ].map((messages) => [`the text "${messages.slice(0, 60)}"`, messages] as const),
    ["a node's code", { code: -32603, message: 'Internal error' }],
    ["a wallet's code for a missing permission", { code: 4100, message: 'Unauthorized' }],
    ['nothing', undefined],
    ['a cause that is its own', cycle],
  ]
  it.each(other)('is not told by %s', (_, error) => {
    expect(isWalletRejection(error)).toBe(false)
  })
})

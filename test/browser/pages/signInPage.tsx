import { useConnection, useWallet } from '@solana/wallet-adapter-react'
import { PublicKey, SystemProgram, Transaction, TransactionMessage, VersionedTransaction } from '@solana/web3.js'
import { SolBalance } from 'lamplight/components'
import { useSignIn } from 'lamplight/signin'
import { useState } from 'react'

/** What the wallets of the page are, who is connected, what that account holds, and whether it is signed in. */
export function Page() {
  const { wallets, select, publicKey, disconnect } = useWallet()
  return (
    <>
      {wallets.map(({ adapter }) => (
        <button type="button" key={adapter.name} onClick={() => select(adapter.name)}>
          {adapter.name}
        </button>
      ))}
      <button type="button" onClick={() => void disconnect()}>
        Disconnect
      </button>
      <p data-testid="owner">{publicKey?.toBase58() ?? 'nobody'}</p>
      <SolBalance data-testid="balance" />
      <SignIn />
      <Send />
    </>
  )
}

/** The whole way: the server's question, the wallet's answer, the server's judgement. */
function SignIn() {
  const { mutateAsync, phase } = useSignIn()
  const [said, setSaid] = useState('nothing')
  async function signIn() {
    const question = await fetch('/sign-in')
    const proof = await mutateAsync(await question.json())
    const answer = await fetch('/sign-in', { method: 'POST', body: JSON.stringify(proof) })
    setSaid(await answer.text())
  }
  return (
    <>
      <button type="button" onClick={() => void signIn().catch((error: Error) => setSaid(error.message))}>
        Sign in
      </button>
      <p data-testid="phase">{phase}</p>
      <p data-testid="said">{said}</p>
    </>
  )
}

/** One SOL to somebody, in a transaction of either version. */
function Send() {
  const { connection } = useConnection()
  const { publicKey, sendTransaction } = useWallet()
  const [sent, setSent] = useState('nothing')
  async function send(version: 'legacy' | 0) {
    if (!publicKey) throw new Error('not connected')
    const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
    const toPubkey = new PublicKey(new Uint8Array(32).fill(7))
    const instruction = SystemProgram.transfer({ fromPubkey: publicKey, toPubkey, lamports: 1_000_000_000 })
    const parts = { payerKey: publicKey, recentBlockhash: blockhash, instructions: [instruction] }
    const transaction =
      version === 0
        ? new VersionedTransaction(new TransactionMessage(parts).compileToV0Message())
        : new Transaction({ feePayer: publicKey, blockhash, lastValidBlockHeight }).add(instruction)
    setSent(await sendTransaction(transaction, connection))
  }
  const failed = (error: Error) => setSent(`${error.name}: ${error.message}`)
  return (
    <>
      {(['legacy', 0] as const).map((version) => (
        <button type="button" key={version} onClick={() => void send(version).catch(failed)}>
          {`Send ${version}`}
        </button>
      ))}
      <p data-testid="sent">{sent}</p>
    </>
  )
}

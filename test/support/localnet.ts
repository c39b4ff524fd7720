import { Keypair } from '@solana/web3.js'
import { type Localnet, type LocalnetOptions, startLocalnet } from 'lamplight-localnet'
import { onTestFinished } from 'vitest'

/** Starts a local chain for one test, and stops it when the test ends. */
export async function localnet(options: LocalnetOptions = {}): Promise<Localnet> {
  const net = await startLocalnet({ port: 0, automine: true, ...options })
  onTestFinished(() => net.stop())
  return net
}

/** A new key pair's address. */
export const newAddress = (): string => Keypair.generate().publicKey.toBase58()

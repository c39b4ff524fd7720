'use client'

import { useWallet, type Wallet } from '@solana/wallet-adapter-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { messageOf, readOr } from '../base/check.js'
import { notify } from '../base/emitter.js'
import { isWalletRejection } from '../base/walletRefusal.js'

/** How the last choice went. */
export type WalletOutcome = 'connecting' | 'rejected' | 'failed'

/** The wallet that was chosen last, and what came of it. */
export interface WalletAttempt {
  readonly wallet: Wallet
  readonly outcome: WalletOutcome
  readonly error: Error | null
}

/** What there is to choose from, and the choosing. */
export interface WalletChoice {
  /** Ready ones first, then those that would have to be installed. */
  readonly wallets: readonly Wallet[]
  /** `null` once it is connected, and before anything was chosen. */
  readonly attempt: WalletAttempt | null
  choose(wallet: Wallet): void
  /** Whether a wallet was asked to connect and has not answered. */
  readonly isConnecting: boolean
  /** Waits no longer for it: what it answers later connects nobody. */
  cancel(): void
}

/** Connects a wallet by choosing it, whether or not the app's `<WalletProvider>` connects by itself. */
export function useWalletChoice(onConnected: () => void): WalletChoice {
  const { wallets, wallet, connected, connecting, autoConnect, select, connect } = useWallet()
  const [attempt, setAttempt] = useState<WalletAttempt | null>(null)
  const latest = useRef(onConnected)
  latest.current = onConnected
  const adapter = attempt?.wallet.adapter
  const isPending = attempt?.outcome === 'connecting'
  const isSelected = wallet !== null && wallet.adapter === adapter

  useEffect(() => {
    if (!adapter || !isPending) return
    const fail = (error: unknown) => setAttempt((held) => held && { ...held, ...failureOf(error) })
    // Where the provider connects by itself, this event is all that is told of a failure.
    adapter.on('error', fail)
    if (isSelected && !autoConnect && !connected) connect().catch(fail)
    return () => void adapter.off('error', fail)
  }, [adapter, isPending, isSelected, autoConnect, connected, connect])
  useEffect(() => {
    // For one render after another wallet was selected, `connected` still speaks of the one before.
    if (!connected || !isSelected || !isPending || !adapter?.connected) return
    setAttempt(null)
    notify(latest.current)
  }, [connected, isSelected, isPending, adapter])

  const choose = useCallback(
    (chosen: Wallet) => {
      setAttempt({ wallet: chosen, outcome: 'connecting', error: null })
      select(chosen.adapter.name)
    },
    [select],
  )
  const cancel = useCallback(() => {
    setAttempt(null)
    select(null)
  }, [select])
  const sorted = useMemo(() => [...wallets].sort((a, b) => rankOf(a) - rankOf(b)), [wallets])
  return { wallets: sorted, attempt, choose, isConnecting: connecting || isPending, cancel }
}

const READY = ['Installed', 'Loadable']
/** Whether a wallet can be connected in this browser as it is. */
export const isReady = ({ readyState }: Wallet): boolean => READY.includes(readyState)

const rankOf = (wallet: Wallet) => (isReady(wallet) ? READY.indexOf(wallet.readyState) : READY.length)

const failureOf = (thrown: unknown): { outcome: WalletOutcome; error: Error } => ({
  outcome: isWalletRejection(thrown) ? 'rejected' : 'failed',
  error: readOr(false, () => thrown instanceof Error) ? (thrown as Error) : new Error(messageOf(thrown)),
})

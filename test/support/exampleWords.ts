// What an example may name without saying where it comes from: the reader's own app, and the packages beside this one.
import type { Connection } from '@solana/web3.js'
import type { QueryClient } from '@tanstack/react-query'
import type { BalanceClient } from 'lamplight'
import type { AccountAt, AccountRecord, Address } from 'lamplight/core'
import type { Localnet } from 'lamplight-localnet'
import type { ComponentType } from 'react'

export { useConnection, useWallet } from '@solana/wallet-adapter-react'
export { Connection, Keypair, PublicKey } from '@solana/web3.js'
export { QueryClient, QueryClientProvider, useSuspenseQuery } from '@tanstack/react-query'
export { render, screen, waitFor } from '@testing-library/react'
export { type ReactNode, useEffect, useMemo, useState } from 'react'
export { createRoot } from 'react-dom/client'
export { defineConfig } from 'vite'
export { expect, test } from 'vitest'

/** The app around. */
export declare const App: ComponentType
/** The app's query cache. */
export declare const queryClient: QueryClient
/** The app's connection to the node. */
export declare const connection: Connection
/** A client for that cache. */
export declare const client: BalanceClient
/** A local chain that runs. */
export declare const localnet: Localnet
/** The chain's time, from the account of its clock. */
export declare const chainSeconds: number | null
/** Somebody's wallet. */
export declare const owner: Address
/** A token's mint, by address. */
export declare const mint: Address
/** What a browser sent. */
export declare const body: unknown
/** The nonces a server has issued and not seen again. */
export declare const issuedNonces: Set<string>
/** What was caught. */
export declare const error: unknown
/** An account as a node gives it. */
export declare const account: AccountAt
/** An account as the cache holds it. */
export declare const record: AccountRecord
/** Shows a text for a moment. */
export declare function toast(text: string): void

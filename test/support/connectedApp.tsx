import { act, render, screen } from '@testing-library/react'
import { LamplightProvider, WalletButton } from 'lamplight/components'
import type { Localnet } from 'lamplight-localnet'
import type { ReactNode } from 'react'
import { onTestFinished } from 'vitest'
import { webSocket } from './app.js'
import type { TestWallet } from './testWallet.js'

/** An app with a connected wallet. */
export interface ConnectedApp {
  /** Goes on with another chain. */
  readonly switchTo: (other: Localnet) => void
}

/**
 * Renders an app and connects its wallet, as a person does. Not in StrictMode: mounting twice, wallet-adapter stops
 * listening to a wallet that was there first (0.15.40, development only).
 */
export async function renderConnected(
  ui: ReactNode,
  net: Localnet,
  wallet: TestWallet,
  locale = 'en',
): Promise<ConnectedApp> {
  onTestFinished(() => {
    wallet.approve()
    wallet.release()
    wallet.disconnect()
    localStorage.clear()
  })
  const on = ({ rpcUrl, wsUrl }: Localnet) => (
    <LamplightProvider endpoint={rpcUrl} url={wsUrl} webSocket={webSocket} locale={locale}>
      <WalletButton data-testid="wallet" />
      {ui}
    </LamplightProvider>
  )
  const { rerender } = render(on(net))
  await act(async () => screen.getByTestId('wallet').click())
  await act(async () => screen.getByRole('button', { name: new RegExp(wallet.name) }).click())
  await screen.findByRole('button', { name: /^(Wallet|المحفظة|ウォレット)/ })
  return { switchTo: (other) => rerender(on(other)) }
}

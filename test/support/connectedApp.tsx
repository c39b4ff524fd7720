import { act, render, screen } from '@testing-library/react'
import { LamplightProvider, WalletButton } from 'lamplight/components'
import type { Localnet } from 'lamplight/localnet'
import type { ReactNode } from 'react'
import { onTestFinished } from 'vitest'
import { webSocket } from './app.js'
import type { TestWallet } from './testWallet.js'

/**
 * Renders an app and connects its wallet, as a person does. Not in StrictMode: mounting twice, wallet-adapter stops
 * listening to a wallet that was there first (0.15.40, development only).
 */
export async function renderConnected(ui: ReactNode, net: Localnet, wallet: TestWallet, locale = 'en'): Promise<void> {
  onTestFinished(() => {
    wallet.approve()
    wallet.release()
    wallet.disconnect()
    localStorage.clear()
  })
  render(
    <LamplightProvider endpoint={net.rpcUrl} url={net.wsUrl} webSocket={webSocket} locale={locale}>
      <WalletButton data-testid="wallet" />
      {ui}
    </LamplightProvider>,
  )
  await act(async () => screen.getByTestId('wallet').click())
  await act(async () => screen.getByRole('button', { name: new RegExp(wallet.name) }).click())
  await screen.findByRole('button', { name: /^(Wallet|المحفظة|ウォレット)/ })
}

'use client'

import { useWallet } from '@solana/wallet-adapter-react'
import { type ComponentProps, useState } from 'react'
import { address } from '../base/address.js'
import { type Explorer, shortOf } from './AddressLabel.js'
import { useText } from './LamplightI18n.js'
import { WalletDialog } from './WalletDialog.js'

/** What `<WalletButton>` takes: any attribute of a `<button>` beside these. */
export interface WalletButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'onClick' | 'type'> {
  /** Where the connected address is looked up. @default no link */
  readonly explorer?: Explorer | undefined
}

/**
 * Connects a wallet, and shows which one is connected; either way it opens a `<WalletDialog>` of its own. It has to be
 * below wallet-adapter's `<WalletProvider>` or `<LamplightProvider>`. `data-state` is none, connecting or connected.
 * @example
 * <WalletButton explorer="mainnet-beta" />
 */
export function WalletButton({ explorer, ...button }: WalletButtonProps) {
  const { messages, attributes } = useText()
  const { wallet, publicKey, connecting } = useWallet()
  const [isOpen, setOpen] = useState(false)
  const state = publicKey ? 'connected' : connecting ? 'connecting' : 'none'
  const short = publicKey && shortOf(address(publicKey))
  return (
    <>
      <button
        data-lamp="wallet-button"
        data-state={state}
        aria-haspopup="dialog"
        aria-busy={connecting || undefined}
        aria-label={short ? messages.wallet.account(short) : undefined}
        {...attributes}
        {...button}
        type="button"
        onClick={() => setOpen(true)}
      >
        {short && wallet && <img src={wallet.adapter.icon} alt="" />}
        {short ? <bdi dir="ltr">{short}</bdi> : messages.wallet[state === 'connecting' ? 'connecting' : 'connect']}
      </button>
      <WalletDialog open={isOpen} onClose={() => setOpen(false)} explorer={explorer} />
    </>
  )
}

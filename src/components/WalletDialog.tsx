'use client'

import { useWallet, type Wallet } from '@solana/wallet-adapter-react'
import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { messageOf } from '../base/check.js'
import { AddressLabel, type Explorer } from './AddressLabel.js'
import { Icon } from './Icon.js'
import { useText } from './LamplightI18n.js'
import type { Messages } from './messages/messages.js'
import { isReady, useWalletChoice, type WalletAttempt, type WalletChoice } from './useWalletChoice.js'

/** What `<WalletDialog>` takes: any attribute of a `<dialog>` beside these. */
export interface WalletDialogProps extends Omit<ComponentProps<'dialog'>, 'children' | 'open' | 'onClose'> {
  readonly open: boolean
  /** Asked for by Escape, by its button, by a click beside it, and when a wallet has been connected. */
  readonly onClose: () => void
  /** Where the connected address is looked up. @default no link */
  readonly explorer?: Explorer | undefined
}

/**
 * Chooses a wallet of wallet-adapter's `<WalletProvider>` and connects it; with one connected, shows its address and
 * disconnects it. A modal `<dialog>`: the page behind it is inert, and the focus goes back to where it was.
 * @example
 * const [isOpen, setOpen] = useState(false)
 * return (
 *   <>
 *     <button type="button" onClick={() => setOpen(true)}>Log in</button>
 *     <WalletDialog open={isOpen} onClose={() => setOpen(false)} />
 *   </>
 * )
 */
export function WalletDialog({ open, onClose, explorer, ...dialog }: WalletDialogProps) {
  const { attributes } = useText()
  const ref = useRef<HTMLDialogElement>(null)
  const title = useId()
  useEffect(() => {
    const element = ref.current
    if (open && !element?.open) element?.showModal()
    if (!open && element?.open) element.close()
  }, [open])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, by the browser itself.
    <dialog
      ref={ref}
      data-lamp="wallet-dialog"
      aria-labelledby={title}
      onClose={onClose}
      onClick={({ target, currentTarget }) => target === currentTarget && onClose()}
      {...attributes}
      {...dialog}
    >
      {open && <Panel title={title} onClose={onClose} explorer={explorer} />}
    </dialog>
  )
}

function Panel(props: {
  readonly title: string
  readonly onClose: () => void
  readonly explorer: Explorer | undefined
}) {
  const { title, onClose, explorer } = props
  const { messages } = useText()
  const { wallet, publicKey, disconnect } = useWallet()
  const choice = useWalletChoice(onClose)
  const [isChanging, setChanging] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // What was pressed is gone, and the focus must stay in the dialog.
    if (isChanging) heading.current?.focus()
  }, [isChanging])
  const isConnected = wallet !== null && publicKey !== null && !isChanging && !choice.attempt
  // wallet-adapter reports a wallet that fails at this by itself, as an error of the provider.
  const leave = () => void disconnect().then(onClose, onClose)
  return (
    <div data-part="panel">
      <h2 id={title} ref={heading} tabIndex={isChanging ? -1 : undefined}>
        {isConnected ? messages.wallet.connected(wallet.adapter.name) : messages.wallet.choose}
      </h2>
      {isConnected ? (
        <>
          <AddressLabel address={publicKey} chars={8} explorer={explorer} />
          <button type="button" onClick={() => setChanging(true)}>
            {messages.wallet.change}
          </button>
          <button type="button" onClick={leave}>
            {messages.wallet.disconnect}
          </button>
        </>
      ) : (
        <WalletList messages={messages} {...choice} />
      )}
      <button type="button" data-part="close" aria-label={messages.wallet.close} onClick={onClose}>
        <Icon name="cross" />
      </button>
    </div>
  )
}

/** The list stays while one of it connects: the focus stays too, and another one can be chosen. */
function WalletList(props: WalletChoice & { readonly messages: Messages }) {
  const { messages, wallets, attempt, choose, isConnecting, cancel } = props
  const list = useRef<HTMLUListElement>(null)
  function giveUp() {
    // This button goes, and must not take the focus along.
    list.current?.querySelector<HTMLElement>('button, a')?.focus()
    cancel()
  }
  if (wallets.length === 0) return <p data-state="none">{messages.wallet.noneFound}</p>
  return (
    <>
      <ul ref={list}>
        {wallets.map((wallet) => (
          <li key={wallet.adapter.name} data-state={stateOf(wallet, attempt)}>
            {isReady(wallet) ? (
              <button type="button" onClick={() => choose(wallet)}>
                <Entry wallet={wallet} note={wallet.readyState === 'Installed' && messages.wallet.installed} />
              </button>
            ) : (
              <a href={wallet.adapter.url} target="_blank" rel="noopener noreferrer">
                <Entry wallet={wallet} note={messages.wallet.install} />
              </a>
            )}
          </li>
        ))}
      </ul>
      <p role="status" data-state={attempt?.outcome ?? 'none'}>
        {attempt ? saidOf(attempt, messages) : messages.wallet.hint}
      </p>
      {isConnecting && (
        <button type="button" onClick={giveUp}>
          {messages.wallet.cancel}
        </button>
      )}
    </>
  )
}

function Entry({ wallet: { adapter }, note }: { readonly wallet: Wallet; readonly note: ReactNode }) {
  return (
    <>
      <img src={adapter.icon} alt="" />
      <bdi>{adapter.name}</bdi>
      <small>{note}</small>
    </>
  )
}

const stateOf = (wallet: Wallet, attempt: WalletAttempt | null) =>
  attempt?.wallet.adapter === wallet.adapter ? attempt.outcome : 'none'

function saidOf({ wallet: { adapter }, outcome, error }: WalletAttempt, { wallet: messages }: Messages): ReactNode {
  if (outcome === 'connecting') return messages.confirm(adapter.name)
  if (outcome === 'rejected') return messages.rejected(adapter.name)
  return (
    <>
      {messages.failed(adapter.name)}
      {error && (
        <small lang="en" dir="ltr">
          {messageOf(error)}
        </small>
      )}
    </>
  )
}

'use client'

import { type ComponentProps, useEffect, useState } from 'react'
import type { Address, AddressInput } from '../base/address.js'
import { type Maybe, useAddress } from '../react/parameters.js'
import { Icon } from './Icon.js'
import { useText } from './LamplightI18n.js'
import { LiveRegion } from './LiveRegion.js'
import { StatusDot } from './StatusDot.js'

/** Where an address is looked up: a cluster of explorer.solana.com, or your own link. */
export type Explorer = 'mainnet-beta' | 'devnet' | 'testnet' | ((address: Address) => string)

/** What `<AddressLabel>` takes: any attribute of a `<span>` beside these. */
export interface AddressLabelProps extends Omit<ComponentProps<'span'>, 'children'> {
  readonly address: Maybe<AddressInput>
  /** Characters shown of each end; `'all'` for the whole address. @default 4 */
  readonly chars?: number | 'all' | undefined
  /** Links to an explorer. No cluster is taken for granted: its link would show another account. @default no link */
  readonly explorer?: Explorer | undefined
}

/**
 * An address one can recognise, copy and look up. What is no address says so. The whole of it is the `title`, and what
 * the button copies.
 * @example
 * <AddressLabel address={owner} explorer="devnet" />
 */
export function AddressLabel({ address: input, chars = 4, explorer, ...span }: AddressLabelProps) {
  const { messages, attributes } = useText()
  const checked = useAddress(input, 'address')
  if (checked.type !== 'ready') {
    const isInvalid = checked.type === 'invalid'
    return (
      <span data-lamp="address" data-state={isInvalid ? 'error' : 'idle'} {...attributes} {...span}>
        {isInvalid ? messages.address.invalid : '–'}
        {isInvalid && <StatusDot isQuiet={false} say={() => messages.address.invalid} detail={checked.error.message} />}
      </span>
    )
  }
  const address = checked.value
  return (
    <span data-lamp="address" data-state="ready" {...attributes} {...span}>
      <bdi dir="ltr" title={address}>
        {shortOf(address, chars)}
      </bdi>
      <CopyButton text={address} />
      {explorer && (
        <a
          href={linkOf(address, explorer)}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={messages.address.explore}
        >
          <Icon name="away" />
        </a>
      )}
    </span>
  )
}

/** The two ends of an address, which is what people compare. */
export function shortOf(address: Address, chars: number | 'all' = 4): string {
  if (chars === 'all' || address.length <= chars * 2 + 1) return address
  return `${address.slice(0, chars)}…${address.slice(address.length - chars)}`
}

/** The explorer's own form of an address: https://explorer.solana.com/address/…?cluster=devnet, mainnet-beta by default. */
function linkOf(address: Address, explorer: Explorer): string {
  if (typeof explorer === 'function') return explorer(address)
  const cluster = explorer === 'mainnet-beta' ? '' : `?cluster=${explorer}`
  return `https://explorer.solana.com/address/${address}${cluster}`
}

const SHOWN_MS = 2000

function CopyButton({ text }: { readonly text: string }) {
  const { messages } = useText()
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'copyFailed'>('none')
  useEffect(() => {
    if (outcome === 'none') return
    const timer = setTimeout(() => setOutcome('none'), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  // Without https, or without a permission, a page has no clipboard.
  const copy = async () => setOutcome(await navigator.clipboard.writeText(text).then(copied, failed))
  return (
    <>
      <button
        type="button"
        aria-label={messages.address.copy}
        data-state={outcome}
        onClick={() => void copy().catch(() => setOutcome('copyFailed'))}
      >
        <Icon name={ICONS[outcome]} />
      </button>
      <LiveRegion text={outcome === 'none' ? '' : messages.address[outcome]} />
    </>
  )
}
const copied = () => 'copied' as const
const failed = () => 'copyFailed' as const
const ICONS = { none: 'copy', copied: 'tick', copyFailed: 'cross' } as const

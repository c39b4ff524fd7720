'use client'

import { type ComponentProps, type KeyboardEvent, type ReactNode, useContext, useRef } from 'react'
import type { Address, AddressInput } from '../base/address.js'
import { amountWithName } from '../base/cleanName.js'
import { OwnerContext, useBalanceClient } from '../react/balanceContext.js'
import { type Maybe, useAddress } from '../react/parameters.js'
import { formatAmount } from '../token/amount.js'
import { Icon } from './Icon.js'
import { useFormat, useText } from './LamplightI18n.js'
import { SolWatch, TokenWatch } from './ToastWatch.js'
import { type BalanceToast, useToasts } from './useToasts.js'
import type { WalletCardToken } from './WalletCard.js'

/** Where toasts stand: along the block axis, then along the inline axis. */
export type ToastPosition = `${'start' | 'end'}-${'start' | 'center' | 'end'}`

/** What `<BalanceToasts>` takes: any attribute of a `<ul>` beside these. */
export interface BalanceToastsProps extends Omit<ComponentProps<'ul'>, 'children'> {
  /** Whose balances; `null` for nobody's. @default the connected wallet */
  readonly owner?: Maybe<AddressInput>
  /** The tokens that are watched beside SOL. @default none */
  readonly tokens?: readonly WalletCardToken[] | undefined
  /** Whether SOL is watched. @default true */
  readonly sol?: boolean | undefined
  /** Where on the window they stand. @default 'end-end' */
  readonly position?: ToastPosition | undefined
  /** How many are shown at once, the newest. @default 3 toasts */
  readonly max?: number | undefined
  /** How long one stays after its last change, in milliseconds; `Infinity` until it is dismissed. @default 6_000 */
  readonly durationMs?: number | undefined
  /** Changes within this time are told together, in milliseconds. @default 1_000 */
  readonly batchDelayMs?: number | undefined
  /** Draws the content instead; the element and its button stay. */
  readonly children?: ((toast: BalanceToast) => ReactNode) | undefined
}

/**
 * Tells what came and went: one toast for each balance, with the sum of its changes. The first value of a balance is no
 * change, nor is another wallet; what the page itself sent is shown as pending, and not told again. Nothing leaves while a
 * pointer or the focus is on it; Escape and a button take one away. Have one such element on a page.
 * @example
 * <BalanceToasts tokens={[{ mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', symbol: 'USDC' }]} />
 */
export function BalanceToasts({ owner, ...props }: BalanceToastsProps) {
  const { cluster } = useBalanceClient('BalanceToasts')
  const connected = useContext(OwnerContext)
  const checked = useAddress(owner === undefined ? connected : owner, 'owner')
  const whose = checked.type === 'ready' ? checked.value : null
  // What was told of one wallet goes with it, and what was told of one cluster.
  return <Toaster key={`${cluster}:${whose}`} {...props} owner={whose} />
}

function Toaster(props: Omit<BalanceToastsProps, 'owner'> & { readonly owner: Address | null }) {
  const {
    owner,
    tokens = [],
    sol = true,
    position = 'end-end',
    max = 3,
    durationMs = 6000,
    batchDelayMs = 1000,
    ...rest
  } = props
  const { children, ...list } = rest
  const { messages, attributes } = useText()
  const { toasts, tell, dismiss, hold } = useToasts({ batchDelayMs, durationMs, max })
  const ref = useRef<HTMLUListElement>(null)
  const leave = useLeaving(ref, dismiss, hold)
  return (
    <>
      {owner && sol && <SolWatch owner={owner} tell={tell} />}
      {owner && tokens.map(({ mint, symbol }) => <TokenWatch key={String(mint)} {...{ owner, mint, symbol, tell }} />)}
      <ul
        data-lamp="balance-toasts"
        data-position={position}
        data-state={toasts.length > 0 ? 'shown' : 'none'}
        aria-live="polite"
        aria-label={messages.toasts.label}
        {...attributes}
        {...list}
        ref={ref}
        onPointerEnter={() => hold(true)}
        onPointerLeave={({ currentTarget }) => hold(currentTarget.contains(document.activeElement))}
        onFocus={leave.entered}
        onBlur={({ currentTarget, relatedTarget }) => hold(currentTarget.contains(relatedTarget))}
      >
        {toasts.map((toast) => (
          <li
            key={toast.id}
            data-part="toast"
            data-state={toast.delta > 0n ? 'received' : 'sent'}
            onKeyDown={({ key }: KeyboardEvent) => key === 'Escape' && leave.dismissed(toast.id)}
          >
            {children ? children(toast) : <Told toast={toast} tokens={tokens} />}
            <button type="button" aria-label={messages.toasts.dismiss} onClick={() => leave.dismissed(toast.id)}>
              <Icon name="cross" />
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

/** The focus stays among the toasts while there are any, and goes back to where it came from with the last one. */
function useLeaving(
  ref: { readonly current: HTMLUListElement | null },
  dismiss: (id: string) => void,
  hold: (isHeld: boolean) => void,
) {
  const from = useRef<Element | null>(null)
  return {
    entered({ relatedTarget }: { readonly relatedTarget: EventTarget | null }) {
      if (relatedTarget instanceof Element && !ref.current?.contains(relatedTarget)) from.current = relatedTarget
      hold(true)
    },
    dismissed(id: string) {
      const buttons = [...(ref.current?.querySelectorAll<HTMLElement>('[data-part="toast"] > button') ?? [])]
      const at = buttons.findIndex((button) => button.parentElement?.contains(document.activeElement))
      const next = at < 0 ? undefined : (buttons[at + 1] ?? buttons[at - 1] ?? from.current)
      if (next instanceof HTMLElement) next.focus()
      dismiss(id)
      // An element that goes away under the focus or the pointer tells nobody that they left.
      if (buttons.length <= 1) hold(false)
    },
  }
}

function Told({ toast, tokens }: { readonly toast: BalanceToast; readonly tokens: readonly WalletCardToken[] }) {
  const { messages, numbers } = useText()
  const { id, delta, decimals, symbol, count } = toast
  const format = useFormat(tokens.find(({ mint }) => String(mint) === id)?.format)
  const size = formatAmount(delta < 0n ? -delta : delta, decimals, format)
  const amount = amountWithName(size, symbol)
  return (
    <span data-part="messages">
      {delta > 0n ? messages.toasts.received(`+${amount}`) : messages.toasts.sent(`−${amount}`)}
      {count > 1 && <small>{messages.toasts.changes(count.toLocaleString(numbers))}</small>}
    </span>
  )
}

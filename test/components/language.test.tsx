import { screen, waitFor } from '@testing-library/react'
import { LamplightI18n, type LamplightI18nProps, SolBalance, TokenBalance } from 'lamplight/components'
import { type FormatAmountOptions, isLamplightError } from 'lamplight/core'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { englishForms } from '../../src/components/forms/englishForms.js'
import { arabic } from '../../src/components/messages/arabic.js'
import { english } from '../../src/components/messages/english.js'
import { german } from '../../src/components/messages/german.js'
import { japanese } from '../../src/components/messages/japanese.js'
import { createWhen } from '../../src/components/messages/when.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'
import { uncaught } from '../support/uncaught.js'

afterEach(() => document.documentElement.removeAttribute('lang'))

async function shown(props: LamplightI18nProps | null, lamports: bigint, format?: FormatAmountOptions) {
  const net = await localnet()
  const owner = newAddress()
  if (lamports > 0n) net.fund(owner, lamports)
  const balance = <SolBalance owner={owner} format={format} data-testid="b" />
  renderApp(props ? <LamplightI18n {...props}>{balance}</LamplightI18n> : balance, net)
  await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'live'))
  return screen.getByTestId('b')
}
async function withoutTokens(props: LamplightI18nProps | null) {
  const net = await localnet()
  const balance = <TokenBalance owner={newAddress()} mint={net.createMint()} data-testid="b" />
  renderApp(props ? <LamplightI18n {...props}>{balance}</LamplightI18n> : balance, net)
  await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'missing'))
  return screen.getByTestId('b')
}

/** The names of what `Intl` makes from now on, but for numbers. */
function countIntl(): readonly string[] {
  const made: string[] = []
  const noted = <T extends new (...args: never[]) => object>(real: T) =>
    new Proxy(real, {
      construct(target, args, newTarget) {
        made.push(target.name)
        return Reflect.construct(target, args, newTarget)
      },
    })
  const { DateTimeFormat, RelativeTimeFormat, Locale } = Intl
  const own = {
    DateTimeFormat: noted(DateTimeFormat),
    RelativeTimeFormat: noted(RelativeTimeFormat),
    Locale: noted(Locale),
  }
  vi.stubGlobal('Intl', Object.assign(Object.create(Intl), own))
  onTestFinished(() => void vi.unstubAllGlobals())
  return made
}

const AMOUNT = 1_234_500_000_000n

describe('the language of the components', () => {
  it('is the page’s, with its numbers', async () => {
    document.documentElement.lang = 'de'
    const balance = await withoutTokens(null)
    await waitFor(() => expect(balance).toHaveTextContent('Kein Konto'))
    expect(balance).not.toHaveAttribute('lang')
    expect(
      await screen.findByRole('button', { name: /^Dieses Konto gibt es .* Zuletzt bestätigt: vor \d Sek/ }),
    ).toBeVisible()
  })

  it('is English where there are no words, and says so, while numbers are the page’s', async () => {
    document.documentElement.lang = 'fr'
    const balance = await shown(null, AMOUNT)
    await waitFor(() => expect(balance.textContent).toMatch(/^1\s234,5 SOL$/))
    expect(balance).toHaveAttribute('lang', 'en')
    expect(balance).toHaveAttribute('dir', 'ltr')
  })

  it.each(['en-US', ''])('groups amounts in an English page, and in one that names no language: "%s"', async (lang) => {
    document.documentElement.lang = lang
    expect(await shown(null, AMOUNT)).toHaveTextContent(/^1,234.5 SOL$/)
  })

  it('groups as the English of the page does', async () => {
    document.documentElement.lang = 'en-IN'
    expect(await shown(null, 123_456_500_000_000n)).toHaveTextContent(/^1,23,456.5 SOL$/)
  })

  it('writes amounts without groups where the app says so', async () => {
    expect(await shown(null, AMOUNT, { grouping: false })).toHaveTextContent(/^1234.5 SOL$/)
  })

  it('shows a wallet that was never used with 0 SOL, which is known', async () => {
    const balance = await shown(null, 0n)
    expect(balance).toHaveTextContent(/^0 SOL$/)
    expect(screen.getByRole('img', { name: 'Live' })).toBeVisible()
  })

  it.each([
    ['de-DE', '1.234,5 SOL', 'ltr'],
    ['ja', '1,234.5 SOL', 'ltr'],
    ['ar-EG', '١٬٢٣٤٫٥ SOL', 'rtl'],
    ['en-GB', '1,234.5 SOL', 'ltr'],
  ])('is chosen by a provider: %s', async (locale, text, dir) => {
    const balance = await shown({ locale }, AMOUNT)
    await waitFor(() => expect(balance).toHaveTextContent(text))
    await waitFor(() => expect(balance).toHaveAttribute('lang', locale))
    expect(balance).toHaveAttribute('dir', dir)
  })

  it('takes an app’s own words for some of them', async () => {
    const balance = await withoutTokens({ messages: { balance: { noAccount: 'Nothing yet' } } })
    expect(balance).toHaveTextContent('Nothing yet')
    expect(screen.getByRole('button', { name: /There is no such account/ })).toBeVisible()
  })

  it.each([
    ['the text', 'locale', { locale: 'no locale!' }, undefined],
    ['an amount', 'format.locale', {}, { locale: 'en_US.UTF-8' }],
  ])('reports what is no locale of %s, by the name of the argument, and writes as without it', async (...row) => {
    const [, argument, props, format] = row
    const reported = uncaught()
    expect(await shown(props, AMOUNT, format)).toHaveTextContent('1,234.5 SOL')
    expect(reported.length).toBeGreaterThan(0)
    for (const error of reported)
      expect(isLamplightError(error, 'input/invalid-value') && error.context.argument).toBe(argument)
  })

  it('survives a page whose lang is no locale', async () => {
    document.documentElement.lang = 'deutsch, bitte!'
    expect(await shown(null, AMOUNT)).toHaveTextContent('1,234.5 SOL')
  })
})

const everything = { ...english, ...englishForms }
const tables = { german, japanese, arabic }

describe.each(Object.entries(tables))('the words of %s', (_, messages) => {
  const entries = (table: object) =>
    Object.entries(table).flatMap(([group, all]) =>
      Object.entries(all as object).map(([key, value]) => [`${group}.${key}`, value] as const),
    )
  const translated = new Map(entries(messages))

  it('are as many as in English, and none is left in English', () => {
    expect([...translated.keys()]).toEqual(entries(everything).map(([key]) => key))
    const same = entries(everything).filter(
      ([key, value]) => typeof value === 'string' && translated.get(key) === value,
    )
    // German borrows these.
    expect(
      same
        .map(([, value]) => value)
        .filter((value) => !['Live', 'Offline', 'Wallet', 'Token'].includes(value as string)),
    ).toEqual([])
  })

  it('put the time or the name into whole sentences', () => {
    for (const [key, value] of entries(everything)) {
      if (typeof value !== 'function') continue
      const told = key === 'history.summary' ? { from: 'X', to: 'X', lowest: 'X', highest: 'X', count: 'X' } : 'X'
      const text = (translated.get(key) as (told: unknown) => string)(told)
      expect([key, text.includes('X'), text.length > 6]).toEqual([key, true, true])
    }
  })
})

it('keeps amounts in Arabic in their own direction, so that signs and names stay where they belong', () => {
  const { balance, flags, form, action } = arabic
  const { pending } = balance
  const { partFrozen, delegated } = flags.because
  const { available, missingAccount, accountCost } = form
  const { networkFee, rent, transferFee, received } = action
  const all = [pending, partFrozen, delegated, available, missingAccount, accountCost, networkFee, rent, transferFee]
  for (const say of [...all, received]) expect(say('−1.5 SOL')).toContain('\u2068−1.5 SOL\u2069')
})

it('makes what writes times only where a time is read: a page of balances makes none', async () => {
  const made = countIntl()
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, AMOUNT)
  renderApp(
    Array.from({ length: 50 }, (_, i) => `row ${i}`).map((key) => <SolBalance key={key} owner={owner} />),
    net,
  )
  await waitFor(() => expect(document.querySelectorAll('[data-state="live"]')).toHaveLength(50))
  expect(made).toEqual([])
  net.faults.add({ on: 'wsOpen', do: { status: 503 } })
  net.dropSockets()
  await waitFor(() => expect(document.querySelectorAll('[data-state="polling"]')).toHaveLength(50))
  expect(new Set(made)).toEqual(new Set(['RelativeTimeFormat']))
})

describe('a time', () => {
  const second = 1000
  it.each([
    ['en', 0, '0 seconds ago'],
    ['en', -12.9 * second, '12 seconds ago'],
    ['en', -60 * second, '1 minute ago'],
    ['en', 5 * second, 'in 5 seconds'],
    ['en', -3 * 86_400 * second, '3 days ago'],
    ['de', -2 * 86_400 * second, 'vor 2 Tagen'],
    ['ja', -12 * second, '12 秒前'],
    ['ar', -120 * second, 'قبل دقيقتين'],
  ])('in %s, %d ms from now, reads %s', (locale, ms, text) => {
    expect(createWhen(locale)(ms)).toBe(text)
  })
})

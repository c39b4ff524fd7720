'use client'

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { invalid } from '../base/check.js'
import { reportUncaught, whenLoaded } from '../base/emitter.js'
import type { FormatAmountOptions } from '../token/amount.js'
import { english } from './messages/english.js'
import { languageOf, loaderOf } from './messages/language.js'
import { type Messages, type MessagesOverride, messagesWith } from './messages/messages.js'
import { createDay, createTimeFormat, createWhen } from './messages/when.js'
import { useStylesWarning } from './useStylesWarning.js'

/** How the components speak and count. */
export interface Text {
  /** Those of forms are there unless they are English, which only forms load. */
  readonly messages: Messages & MessagesOverride
  /** Writes a time in milliseconds from now: "12 seconds ago". */
  readonly when: (fromNowMs: number) => string
  /** Writes a time in milliseconds since the epoch, date and clock. */
  readonly formatTime: (ms: number) => string
  /** Writes the day of a time in milliseconds since the epoch. */
  readonly day: (ms: number) => string
  /** The locale that amounts are written in. */
  readonly numbers: string
  /** For elements whose words may be in another language than the page around them. */
  readonly attributes: { readonly lang?: string; readonly dir?: 'ltr' | 'rtl' }
}

/** What `<LamplightI18n>` takes. */
export interface LamplightI18nProps {
  /**
   * A BCP 47 tag. Words: English, German (de), Japanese (ja), Arabic (ar); English for others. Amounts and times follow
   * any locale. @default the `lang` of the page's `<html>`
   */
  readonly locale?: string | undefined
  /** Your own words for some of them; keep the object stable. @default none */
  readonly messages?: MessagesOverride | undefined
  readonly children?: ReactNode
}

/**
 * Chooses the language of the components below it. Only the language used is loaded, beyond English, which stands in
 * until it is there. A `locale` that is no tag is reported (`window.onerror`) as a LamplightError `input/invalid-value`, and left out.
 * @example
 * <LamplightI18n locale="de" messages={{ wallet: { connect: 'Geldbörse verbinden' } }}>
 *   <WalletButton />
 * </LamplightI18n>
 */
export function LamplightI18n({ locale, messages, children }: LamplightI18nProps) {
  const spoken = useSpoken(useLocale('locale', locale), true)
  const text = useMemo(
    () => (messages ? { ...spoken, messages: messagesWith(spoken.messages, messages) } : spoken),
    [spoken, messages],
  )
  return <TextContext.Provider value={text}>{children}</TextContext.Provider>
}

/** The text of the nearest `<LamplightI18n>`; without one, in the page's own language. */
export function useText(): Text {
  useStylesWarning()
  const given = useContext(TextContext)
  const own = useSpoken(undefined, given === null)
  return given ?? own
}

const TextContext = createContext<Text | null>(null)

/** How amounts are written: as the app says, else with the signs of the locale of the text around them. */
export function useFormat(given: FormatAmountOptions | undefined): FormatAmountOptions {
  const { numbers } = useText()
  return { ...given, locale: useLocale('format.locale', given?.locale) ?? numbers }
}

/** The locale that an app gives, which may be a device's setting: one that is no tag is reported and left out, and takes no page down. */
function useLocale(argument: string, given: string | undefined): string | undefined {
  const isWrong = given !== undefined && languageOf(given) === undefined
  useEffect(() => {
    if (isWrong) reportUncaught(invalid(argument, given, 'a BCP 47 language tag, such as "de" or "ar-EG"'))
  }, [argument, given, isWrong])
  return isWrong ? undefined : given
}

interface Spoken {
  readonly tag: string
  readonly messages: Messages
}
const ENGLISH: Spoken = { tag: 'en', messages: english }

function useSpoken(locale: string | undefined, isWanted: boolean): Text {
  const [page, setPage] = useState('')
  const [spoken, speak] = useState(ENGLISH)
  const tag = locale ?? page
  useEffect(() => {
    // A server does not know the page's language, and the first render has to be the server's.
    if (isWanted && locale === undefined) setPage(document.documentElement.lang)
  }, [isWanted, locale])
  useEffect(() => {
    const language = languageOf(tag)
    const load = loaderOf(language)
    const use = (messages: Messages) => {
      speak({ tag, messages })
      return () => {}
    }
    if (load) return whenLoaded(load(), use)
    if (language === 'en' && tag !== 'en') use(english)
    else speak(ENGLISH)
  }, [tag])
  return useMemo(() => textOf(spoken, locale, page), [spoken, locale, page])
}

function textOf({ tag, messages }: Spoken, locale: string | undefined, page: string): Text {
  // What speaks the page's own language inherits it.
  const isForeign = locale !== undefined || (page !== '' && languageOf(page) !== languageOf(tag))
  return {
    messages,
    when: createWhen(tag),
    formatTime: createTimeFormat(tag),
    day: createDay(tag),
    numbers: locale ?? (languageOf(page) ? page : 'en'),
    attributes: isForeign ? { lang: tag, dir: languageOf(tag) === 'ar' ? 'rtl' : 'ltr' } : {},
  }
}

import type { AllMessages } from './messages.js'

/** Each language in a module of its own: a page loads the one it speaks, and English, which is the fallback. */
const tables: Readonly<Record<string, () => Promise<AllMessages>>> = {
  de: () => import('./german.js').then(({ german }) => german),
  ja: () => import('./japanese.js').then(({ japanese }) => japanese),
  ar: () => import('./arabic.js').then(({ arabic }) => arabic),
}

/** The language of a tag, "de" of "de-CH"; `undefined` of what is no tag. */
export function languageOf(tag: string): string | undefined {
  // A page that names no language says this: no need to have it thrown back.
  if (tag === '') return undefined
  try {
    return new Intl.Locale(tag).language
  } catch {
    return undefined
  }
}

/** Loads a language's words; `undefined` where there are none but English. */
export const loaderOf = (language: string | undefined): (() => Promise<AllMessages>) | undefined =>
  tables[language ?? '']

/** What is read of a name at all, in UTF-16 units, and what is shown of it, in characters as a person counts them. */
const MAX_READ = 512
const MAX_NAME = 48
const MAX_SYMBOL = 16

/** Line breaks, tabs and every kind of space. U+FEFF is none: it has no width. */
const SPACES = /[\t\n\v\f\r\p{Z}]+/gu
/** Controls, bidi marks, what has no width, private and unassigned code points, lone surrogates, and letters that draw nothing. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/gu
/** More than two marks on one letter climb over the lines around it. */
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu
const VISIBLE = /[\p{L}\p{N}\p{S}]/u

/**
 * A name that a stranger chose, made fit to stand on a page: without controls, bidi marks and characters that cannot be
 * seen, spaces collapsed, at most 48 characters. Empty when nothing is left that can be seen: then there is no name.
 */
export function cleanName(text: unknown, maxCharacters: number = MAX_NAME): string {
  if (typeof text !== 'string') return ''
  const seen = text
    .slice(0, MAX_READ)
    .replace(SPACES, ' ')
    .replace(UNSEEN, '')
    .normalize('NFC')
    .replace(PILED_MARKS, '$1')
    .replace(/^[\p{M} ]+/u, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  if (!VISIBLE.test(seen)) return ''
  const characters = charactersOf(seen)
  return characters.length > maxCharacters ? `${characters.slice(0, maxCharacters).join('').trim()}…` : seen
}

/**
 * A name that stands beside an amount: as `cleanName`, at most 16 characters, and empty when a word of it reads like a number,
 * which would run into the amount: "5 1,000".
 */
export function cleanSymbol(text: unknown): string {
  const symbol = cleanName(text, MAX_SYMBOL)
  return symbol.split(' ').some(readsLikeNumber) ? '' : symbol
}

/** "1,000", "$5", "٥", "404", "10K" and "1e9" do; "2Z" and "1INCH" do not. */
function readsLikeNumber(word: string): boolean {
  const start = /^[^\p{L}\p{So}]*/u.exec(word)?.[0] ?? ''
  if (!/\p{N}/u.test(start)) return false
  return !/^\d+$/.test(start) || /^\d+(?:e\d+|[kmbt])?$/i.test(word)
}

/** A name that keeps its writing direction to itself: beside an amount, other letters than Latin could reorder the digits. */
export const isolated = (name: string): string => (/^[\x20-\x7e…]*$/.test(name) ? name : `\u2068${name}\u2069`)

/** An amount and what it is of; the amount alone where that has no name. */
export function amountWithName(amount: string, symbol: string | undefined): string {
  const name = isolated(cleanSymbol(symbol))
  return name ? `${amount} ${name}` : amount
}

function charactersOf(text: string): readonly string[] {
  const { Segmenter } = Intl as Partial<Pick<typeof Intl, 'Segmenter'>>
  // Firefox before 125 has none.
  return Segmenter ? Array.from(new Segmenter('en').segment(text), ({ segment }) => segment) : [...text]
}

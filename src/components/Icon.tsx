'use client'

const PATHS = {
  copy: 'M6 6h7v7H6zM10 3H3v7',
  tick: 'm3 9 3 3 7-8',
  cross: 'm4 4 8 8M12 4l-8 8',
  table: 'M2 3h12v10H2zM2 7h12M7 3v10',
  away: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7 9',
} as const

/** A line drawing as large as the text; words beside it say what it means. */
export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

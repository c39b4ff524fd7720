'use client'

/** A text for screen readers alone, told politely whenever it changes. */
export function LiveRegion({ text }: { readonly text: string }) {
  return (
    <span role="status" style={UNSEEN}>
      {text}
    </span>
  )
}
const UNSEEN = {
  position: 'absolute',
  inlineSize: 1,
  blockSize: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
} as const

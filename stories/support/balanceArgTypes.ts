import type { InputType } from 'storybook/internal/types'

/** One row of the table of props, where its type cannot be read off the source. */
function row(
  description: string,
  type: string,
  control: NonNullable<InputType['control']>,
  defaultValue?: string,
): InputType {
  const table = { type: { summary: type }, ...(defaultValue && { defaultValue: { summary: defaultValue } }) }
  return { description, table, control }
}

const choice = (options: readonly unknown[], rest: InputType): InputType => ({ ...rest, options })

/** The props that every balance component has. */
export const balanceArgTypes = {
  owner: row(
    'Whose balance; `null` for nobody.',
    'PublicKey | string | null',
    { type: 'text' },
    'the connected wallet',
  ),
  symbol: row('Written after the amount.', 'string', { type: 'text' }),
  format: row('How the amount is written.', 'FormatAmountOptions', { type: 'object' }, 'plain and exact'),
  commitment: choice(
    ['processed', 'confirmed', 'finalized'],
    row(
      'How settled a value has to be.',
      "'processed' | 'confirmed' | 'finalized'",
      { type: 'select' },
      'the provider’s',
    ),
  ),
  pollInterval: choice(
    ['auto', 'fast', 'normal', 'slow', 1000, false],
    row(
      'How often to ask while not live: 2 s, 5 s, 15 s, or milliseconds.',
      "'auto' | 'fast' | 'normal' | 'slow' | number | false",
      { type: 'select' },
      "'auto'",
    ),
  ),
  stream: row('Whether to be told of changes over the socket.', 'boolean', { type: 'boolean' }, 'true'),
  explain: row(
    'Whether the mark is a button that says why. Turn it off inside a button or a link.',
    'boolean',
    { type: 'boolean' },
    'true',
  ),
  children: row(
    'Draws the content instead; the element and its `data-state` stay.',
    '(result, state) => ReactNode',
    false,
  ),
} satisfies Record<string, InputType>

/** The token to show a balance of. */
export const mintArgType = row('Which token; `null` for none.', 'PublicKey | string | null', { type: 'text' })

/** `<ConnectionStatus>`’s own props. */
export const statusArgTypes = {
  announce: row('Whether a screen reader is told of changes, politely.', 'boolean', { type: 'boolean' }, 'false'),
  children: row('Draws the content instead; the element and its `data-state` stay.', '(status) => ReactNode', false),
} satisfies Record<string, InputType>

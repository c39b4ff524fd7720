import { Markdown } from '@storybook/addon-docs/blocks'

/** A page of `docs` as a page of the Storybook. Its links lead to the other guides here, as they lead to their files elsewhere. */
export const Guide = ({ text }: { readonly text: string }) => <Markdown>{withPagesForFiles(text)}</Markdown>

const idOf = (file: string) => `guides-${file.toLowerCase().replaceAll('_', '-')}--docs`

/** Sources have no page here, so that their names are left. */
const withPagesForFiles = (text: string) =>
  text
    .replaceAll(/\]\(([A-Z_]+)\.md(#[\w-]+)?\)/g, (_, file, anchor = '') => `](?path=/docs/${idOf(file)}${anchor})`)
    .replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]+\)/g, '`$1`')

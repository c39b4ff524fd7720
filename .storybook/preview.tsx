import { afterEach as checkAccessibility } from '@storybook/addon-a11y/preview'
import type { Decorator, Preview } from '@storybook/react-vite'
import { onLedger, openLine } from '../stories/support/scene.js'
import '../src/styles.css'
import './canvas.css'

const onCanvas: Decorator = (Story, { globals }) => (
  <div className="canvas" data-lamp-theme={globals.theme}>
    <Story />
  </div>
)

/** A test run shows each story in the light theme only; what it looks like then has to be readable in the dark one, too. */
const checkOtherTheme: NonNullable<Preview['afterEach']> = async (context) => {
  const canvas = context.canvasElement.querySelector<HTMLElement>('.canvas')
  if (import.meta.env.MODE !== 'test' || !canvas) return
  const { lampTheme } = canvas.dataset
  canvas.dataset.lampTheme = lampTheme === 'dark' ? 'light' : 'dark'
  try {
    await checkAccessibility(context)
  } finally {
    canvas.dataset.lampTheme = lampTheme
  }
}

/** An example in a comment is code; as part of the description it would be taken for markup. */
const descriptionOf = (component: { __docgenInfo?: { description?: string } } | undefined): string =>
  (component?.__docgenInfo?.description ?? '').replace(/@example\n([\s\S]*)$/, '\n```tsx\n$1\n```')

const preview: Preview = {
  tags: ['autodocs'],
  loaders: [openLine],
  decorators: [onLedger, onCanvas],
  afterEach: checkOtherTheme,
  initialGlobals: { theme: 'light' },
  globalTypes: {
    theme: {
      description: 'The kit’s theme',
      toolbar: {
        title: 'Theme',
        dynamicTitle: true,
        items: [
          { value: 'light', title: 'Light', icon: 'sun' },
          { value: 'dark', title: 'Dark', icon: 'moon' },
        ],
      },
    },
  },
  parameters: {
    layout: 'fullscreen',
    a11y: { test: 'error' },
    backgrounds: { disabled: true },
    controls: { expanded: true, sort: 'requiredFirst' },
    // A page of documentation shows each story in the state it is named after.
    docs: { story: { autoplay: true }, extractComponentDescription: descriptionOf },
    options: {
      storySort: {
        order: [
          'Guides',
          [
            'Getting started',
            'Balances',
            'Components',
            'Freshness',
            'Faults',
            'Transactions',
            'Sign in',
            'Server rendering',
            'Without React',
            'Recipes',
            'Migrating',
            'Theming',
            'Owning',
            'Testing',
            'Localnet',
            'Troubleshooting',
            'Realtime',
            'Size',
            'Bench',
            'Architecture',
          ],
          'Overview',
          'Components',
        ],
      },
    },
  },
}
export default preview

'use client'

import { useMemo } from 'react'
import { englishForms } from './forms/englishForms.js'
import { type Text, useText } from './LamplightText.js'
import type { AllWords } from './messages/words.js'
import { wordsWith } from './messages/words.js'

/** How forms speak and count: as all components, with the words that only forms need. */
export interface FormText extends Text {
  readonly words: AllWords
}

/** The text of the nearest `<LamplightText>`, with the words of forms. */
export function useFormText(): FormText {
  const text = useText()
  return useMemo(() => ({ ...text, words: wordsWith(englishForms, text.words) as AllWords }), [text])
}

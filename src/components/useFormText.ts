'use client'

import { useMemo } from 'react'
import { englishForms } from './forms/englishForms.js'
import { type Text, useText } from './LamplightI18n.js'
import type { AllMessages } from './messages/messages.js'
import { messagesWith } from './messages/messages.js'

/** How forms speak and count: as all components, with the words that only forms need. */
export interface FormText extends Text {
  readonly messages: AllMessages
}

/** The text of the nearest `<LamplightI18n>`, with the words of forms. */
export function useFormText(): FormText {
  const text = useText()
  return useMemo(() => ({ ...text, messages: messagesWith(englishForms, text.messages) as AllMessages }), [text])
}

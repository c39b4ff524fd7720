import type { BotToken } from '../bot.js'

/** What a page learns about the bot. */
export interface BotCard {
  readonly address: string
  readonly tokens: readonly BotToken[]
}

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(`/bot/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as T & { readonly error?: string }
  if (!response.ok) throw new Error(answer.error ?? `the bot answered ${response.status}`)
  return answer
}

/** Tells the bot whom to send to, or to stop; gives its address and its tokens. */
export const follow = (owner: string, running = true): Promise<BotCard> => post('follow', { owner, running })

/** Asks the bot for 100 of its first token; resolves once they are there. */
export const receive = (owner: string): Promise<{ readonly signature: string }> => post('receive', { owner })

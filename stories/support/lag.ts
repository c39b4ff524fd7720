/** What a node's answers are as of. */
interface Answer {
  readonly id?: unknown
  readonly result?: { readonly context?: { readonly slot: number } }
}

/** A node that stops following the chain: from then on it answers as of the newest slot it has told. */
export interface Lag {
  /** Learns from an answer of the node while it still follows. */
  hear(response: Response): Promise<Response>
  /** Answers for it afterwards; what asks for a later slot is refused with -32016. Only what has not changed since is true. */
  answer(ask: () => Promise<Response>, body: string): Promise<Response>
}

/** Makes a node that can stop. */
export function createLag(): Lag {
  let told = 0
  return {
    async hear(response) {
      const { result } = (await response.clone().json()) as Answer
      told = Math.max(told, result?.context?.slot ?? 0)
      return response
    },
    async answer(ask, body) {
      const { id, params } = JSON.parse(body) as { readonly id: unknown; readonly params: readonly unknown[] }
      const { minContextSlot = 0 } = (params.at(-1) ?? {}) as { readonly minContextSlot?: number }
      if (minContextSlot > told) {
        const error = {
          code: -32016,
          message: 'Minimum context slot has not been reached',
          data: { contextSlot: told },
        }
        return Response.json({ jsonrpc: '2.0', id, error })
      }
      const answer = (await (await ask()).json()) as Answer
      const { result } = answer
      if (!result?.context) return Response.json(answer)
      return Response.json({ ...answer, result: { ...result, context: { ...result.context, slot: told } } })
    },
  }
}

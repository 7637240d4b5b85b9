import { err, ok, type Result } from '../result.ts'
import type { UpstreamAnswer, UpstreamFault } from '../upstream/types.ts'

/** Reads an answer's body now, and gives an answer that says the same to whoever reads it later. */
export const heldAnswer = async (
  answer: UpstreamAnswer,
  bytesMax: number,
): Promise<{ readonly answer: UpstreamAnswer; readonly text: string }> => {
  const body = await answer.whole(bytesMax)
  return {
    answer: answerWith(answer.status, answer.headers, body),
    text: body.ok ? new TextDecoder().decode(body.value) : '',
  }
}

/** An answer whose body is there already, or is known not to come. */
export const answerWith = (
  status: number,
  headers: Headers,
  body: Result<Uint8Array, UpstreamFault>,
): UpstreamAnswer => {
  const unread: Result<Uint8Array | undefined, UpstreamFault>[] = body.ok ? [ok(body.value)] : [err(body.error)]
  return {
    status,
    headers,
    read: () => Promise.resolve(unread.shift() ?? ok(undefined)),
    whole: async () => body,
    cancel: () => undefined,
  }
}

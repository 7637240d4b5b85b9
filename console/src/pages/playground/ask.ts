import { eventsOf } from '../../api/events.ts'
import type { Delta, Problem } from './answer.ts'
import { jsonIn } from './conversation.ts'
import { read } from './read.ts'
import { problemIn } from './reading.ts'
import type { PlaygroundRequest } from './request.ts'

/** What the head of an answer says. */
export interface Head {
  readonly status: number
  readonly requestId: string | undefined
  /** What a translation lost, as `<JSON pointer>;<code>`. */
  readonly warnings: readonly string[]
  /** Said of answers that are no stream; others have a receipt. */
  readonly costUsd: string | undefined
}

export interface Hearing {
  readonly head: (head: Head) => void
  readonly delta: (delta: Delta) => void
}

/**
 * Sends a request as any client would: with the key, and without the cookie of whoever looks. Tells what comes as it comes,
 * refusals included. Throws only where nothing answers, or `signal` ended it.
 */
export const ask = async (
  request: PlaygroundRequest,
  key: string,
  signal: AbortSignal,
  hear: Hearing,
): Promise<void> => {
  const [name, before] = request.keyHeader
  const response = await fetch(request.path, {
    method: 'POST',
    headers: { ...request.headers, [name]: before + key },
    body: JSON.stringify(request.body),
    credentials: 'omit',
    signal,
  })
  hear.head(headOf(response))
  const reader = read(request.format)
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (response.ok && isStream && response.body) {
    for await (const { data } of eventsOf(response.body))
      for (const delta of reader.event(jsonIn(data))) hear.delta(delta)
    return
  }
  const text = await response.text()
  if (!response.ok) return hear.delta({ kind: 'error', problem: problemOf(response, text) })
  for (const delta of reader.whole(jsonIn(text))) hear.delta(delta)
}

const headOf = ({ status, headers }: Response): Head => ({
  status,
  requestId: headers.get('x-request-id') ?? undefined,
  warnings: warningsIn(headers.get('x-tollgate-warnings')),
  costUsd: headers.get('x-tollgate-cost-usd') ?? undefined,
})

/** The warnings of a header, as they are written in receipts. */
export const warningsIn = (header: string | null): readonly string[] =>
  (header ?? '')
    .split(',')
    .map((warning) => unescaped(warning.trim()))
    .filter((warning) => warning !== '')

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not escaped by our gateway, then: shown as it is.
    return text
  }
}

const problemOf = (response: Response, text: string): Problem =>
  problemIn(jsonIn(text)) ?? { message: text.slice(0, 1_000) || `${response.status} ${response.statusText}`.trim() }

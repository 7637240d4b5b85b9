import { ApiError, readyErrorOf } from '../../api/error.ts'

/** An answer, and what its headers say of the request. */
export interface Answered {
  readonly text: string
  readonly requestId: string | null
  readonly model: string | null
  readonly provider: string | null
  /** A decimal string in USD. */
  readonly costUsd: string | null
  readonly ms: number
}

export interface Question {
  readonly model: string
  readonly text: string
  /** '' in local mode. */
  readonly key: string
  readonly signal: AbortSignal
}

const OUTPUT_TOKENS_MAX = 300

/** Asks this gateway as any client would: no session and no header of the console goes with it. */
export const ask = async ({ model, text, key, signal }: Question): Promise<Answered> => {
  const startedMs = performance.now()
  const response = await fetch('/v1/chat/completions', {
    method: 'POST',
    credentials: 'omit',
    signal,
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({
      model,
      max_completion_tokens: OUTPUT_TOKENS_MAX,
      messages: [{ role: 'user', content: text }],
    }),
  }).catch((failure: unknown) => {
    throw new ApiError(String(failure), { status: 0, code: 'no_answer' })
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw await readyErrorOf(response, body)
  const header = (name: string): string | null => response.headers.get(name)
  return {
    text: textIn(body),
    requestId: header('x-request-id'),
    model: header('x-tollgate-model'),
    provider: header('x-tollgate-provider'),
    costUsd: header('x-tollgate-cost-usd'),
    ms: Math.round(performance.now() - startedMs),
  }
}

/** The words of a chat completion; '' where it has none. */
export const textIn = (body: unknown): string => {
  const [choice] = isRecord(body) && Array.isArray(body['choices']) ? body['choices'] : []
  const message: unknown = isRecord(choice) ? choice['message'] : undefined
  const content = isRecord(message) ? message['content'] : undefined
  return typeof content === 'string' ? content : ''
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

import { readEvent } from './answers.ts'
import type { Customer, Key } from './customers.ts'
import type { Random } from './random.ts'
import { markOf } from './upstream.ts'
import type { Format } from './world.ts'

/** One request to make; a try again has a mark of its own. */
export interface Ask {
  readonly mark: number
  readonly customer: Customer
  readonly key: Key
  readonly format: Format
  readonly model: string
  readonly isStream: boolean
  readonly tier: string | undefined
  readonly path: string
  readonly body: string
  /** Hangs up after so many words of a stream, or so many ms of a whole answer. */
  readonly leavesAfter: number | undefined
}

/**
 * - `whole`: everything arrived.
 * - `left`: the client hung up.
 * - `broken`: it began, and did not arrive whole.
 * - `refused`: an error was answered, by a gateway or the upstream.
 * - `unreachable`: nothing was answered.
 */
export type Outcome = 'whole' | 'left' | 'broken' | 'refused' | 'unreachable'

/** A request as its client remembers it. */
export interface Told {
  readonly ask: Ask
  readonly outcome: Outcome
  /** 0: none. */
  readonly status: number
  readonly requestId: string | undefined
  /** Of a refusal: its code. */
  readonly reason: string | undefined
  /** Words of a stream that arrived. */
  readonly words: number
  readonly startedMs: number
  readonly endedMs: number
}

const NATIVE: Readonly<Record<string, readonly Format[]>> = {
  'wl-chat': ['chat'],
  'wl-gpt': ['chat', 'responses'],
  'wl-claude': ['messages'],
  'wl-gem': ['gemini'],
}
const FOREIGN: Readonly<Record<string, readonly Format[]>> = {
  'wl-chat': ['messages', 'responses'],
  'wl-gpt': ['messages', 'gemini'],
  'wl-claude': ['chat', 'responses'],
  'wl-gem': ['chat', 'messages'],
}

const FILLER = 'and what became of it, '
/** So that even a write for an hour, at twice the price, stays below what was held. */
const INPUT_SHARE = 0.3

/** Draws a request. Most are in the vendor's own format, the rest are translated. */
export const drawAsk = (random: Random, mark: number, customers: readonly Customer[]): Ask => {
  const customer = random.pick(customers)
  const key = random.pick(customer.keys)
  const model = random.pick(Object.keys(NATIVE))
  const isNative = random.chance(0.75)
  const format = random.pick((isNative ? NATIVE : FOREIGN)[model] ?? [])
  const isStream = random.chance(0.5)
  const outputMax = random.between(20, 400)
  const filler = FILLER.repeat(random.chance(0.1) ? random.between(200, 400) : random.between(2, 60))
  const surprise = customer.surprises && random.chance(0.2) ? 'surprise' : 'plain'
  const prompt = `${markOf(mark, Math.max(1, Math.floor(filler.length * INPUT_SHARE)), outputMax, surprise)} ${filler}`
  const hasTier = model === 'wl-gpt' && isNative && random.chance(0.4)
  const tier = hasTier ? random.pick(['flex', 'priority', 'auto']) : undefined
  const { path, body } = requestOf(format, { model, prompt, outputMax, isStream, tier, stores: random.chance(0.1) })
  const leaves = random.chance(isStream ? 0.15 : 0.03)
  return {
    ...{ mark, customer, key, format, model, isStream, tier, path, body: JSON.stringify(body) },
    leavesAfter: leaves ? random.between(0, 30) : undefined,
  }
}

/** The same again, under another mark: whoever reads the upstream's memory can tell the tries apart. */
export const askAgain = (ask: Ask, mark: number): Ask => ({
  ...ask,
  mark,
  body: ask.body.replace(`mark-${ask.mark}-`, `mark-${mark}-`),
})

interface Wish {
  readonly model: string
  readonly prompt: string
  readonly outputMax: number
  readonly isStream: boolean
  readonly tier: string | undefined
  readonly stores: boolean
}

const requestOf = (format: Format, wish: Wish): { readonly path: string; readonly body: unknown } => {
  const { model, prompt, outputMax, isStream: stream, tier, stores } = wish
  const messages = [{ role: 'user', content: prompt }]
  const tiered = tier === undefined ? {} : { service_tier: tier }
  switch (format) {
    case 'chat': {
      const limit = model === 'wl-gpt' ? { max_completion_tokens: outputMax } : { max_tokens: outputMax }
      const options = stream && stores ? { stream_options: { include_usage: true } } : {}
      return { path: '/v1/chat/completions', body: { model, messages, stream, ...limit, ...options, ...tiered } }
    }
    case 'responses':
      return {
        path: '/v1/responses',
        body: { model, input: prompt, max_output_tokens: outputMax, stream, store: stores, ...tiered },
      }
    case 'messages':
      return { path: '/v1/messages', body: { model, max_tokens: outputMax, messages, stream } }
    case 'gemini':
      return {
        path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        body: {
          contents: [{ role: 'user', parts: [{ text: prompt }] }],
          generationConfig: { maxOutputTokens: outputMax },
        },
      }
  }
}

const PATIENCE_MS = 60_000

/** Makes one request at a gateway, and says how it went. Never fails. */
export const make = async (ask: Ask, gatewayUrl: string): Promise<Told> => {
  const startedMs = Date.now()
  const leaving = new AbortController()
  const told = { ask, startedMs, words: 0, status: 0, requestId: undefined, reason: undefined }
  const isTimed = ask.leavesAfter !== undefined && !ask.isStream
  const timers = [
    setTimeout(() => leaving.abort(), PATIENCE_MS),
    ...(isTimed ? [setTimeout(() => leaving.abort(), ask.leavesAfter)] : []),
  ]
  const seen: Seen = { status: 0, requestId: undefined, reason: undefined, words: 0 }
  try {
    const outcome = await attend(ask, gatewayUrl, leaving, seen)
    return { ...told, ...seen, outcome, endedMs: Date.now() }
  } catch {
    // Whatever went wrong with the connection: how far it had come is what counts.
    const outcome = leaving.signal.aborted ? 'left' : seen.status === 0 ? 'unreachable' : 'broken'
    return { ...told, ...seen, outcome, endedMs: Date.now() }
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

/** What a client knows so far. */
interface Seen {
  status: number
  requestId: string | undefined
  reason: string | undefined
  words: number
}

const attend = async (ask: Ask, gatewayUrl: string, leaving: AbortController, seen: Seen): Promise<Outcome> => {
  const answer = await fetch(gatewayUrl + ask.path, {
    method: 'POST',
    headers: { 'x-api-key': ask.key.secret, 'content-type': 'application/json' },
    body: ask.body,
    signal: leaving.signal,
  })
  seen.status = answer.status
  seen.requestId = answer.headers.get('x-request-id') ?? undefined
  if (answer.status !== 200) {
    seen.reason = reasonOf(await answer.text())
    return 'refused'
  }
  if (ask.isStream) return readStream(ask, answer, leaving, seen)
  JSON.parse(await answer.text())
  return 'whole'
}

const readStream = async (ask: Ask, answer: Response, leaving: AbortController, seen: Seen): Promise<Outcome> => {
  const decoder = new TextDecoder()
  let rest = ''
  let isWhole = false
  for await (const chunk of answer.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { words, isEnd } = readEvent(ask.format, line)
      seen.words += words
      isWhole ||= isEnd
    }
    if (ask.leavesAfter !== undefined && !isWhole && seen.words >= ask.leavesAfter) {
      leaving.abort()
      return 'left'
    }
  }
  return isWhole ? 'whole' : 'broken'
}

/** The code of an error in any format; where it has none, its type. */
const reasonOf = (text: string): string => {
  if (!text.startsWith('{')) return 'not JSON'
  const { error } = JSON.parse(text)
  const found = [error?.details?.[0]?.reason?.toLowerCase(), error?.code, error?.type]
  return found.find((name) => typeof name === 'string') ?? error?.status ?? 'without a name'
}

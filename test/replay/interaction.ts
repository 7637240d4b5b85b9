import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The vendor endpoints whose traffic the replay upstream can serve; each is a folder of files in a recordings folder. */
export const APIS = [
  'openai.chat',
  'openai.responses',
  'openai.responses.input_tokens',
  'anthropic.messages',
  'anthropic.count_tokens',
  'gemini.generateContent',
  'gemini.countTokens',
  'gemini.embedContent',
  'openai.completions',
  'openai.embeddings',
] as const
export type Api = (typeof APIS)[number]

/** One request and its answer, as stored in a file: our own fixtures and the recordings have the same form. */
export interface Interaction {
  readonly id: string
  readonly provider: string
  readonly api: Api
  readonly stream: boolean
  /** The vendor's name of the model; where it is absent, the body's or the path's. */
  readonly model?: string | null
  readonly fidelity: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly query: string | null
    readonly headers: Readonly<Record<string, string>> | null
    /** `null` when only the answer was recorded. */
    readonly body: Readonly<Record<string, unknown>> | null
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>> | null
    /** Parsed JSON; for a stream the text exactly as it was, or Gemini's list of chunks. */
    readonly body: unknown
    /** White space some vendors send ahead of a unary body to keep the connection busy. */
    readonly leading_whitespace?: string
  }
}

/** Reads every interaction of the known endpoints under `folder`, in the order of their file names. */
export const loadInteractions = (folder: string): Interaction[] =>
  APIS.flatMap((api) => {
    const inside = join(folder, api)
    if (!existsSync(inside)) return []
    return readdirSync(inside)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(inside, name), 'utf8')) as Interaction)
  })

/** Google writes a streamed list with each element indented and the commas on lines of their own. */
const jsonArrayStream = (chunks: readonly unknown[]): string =>
  `[${chunks.map((chunk) => JSON.stringify(chunk, null, 2)).join('\n,\r\n')}\n]`

/** The bytes of the answer's body, as the vendor put them on the wire (JSON re-serialised, streams verbatim). */
export const bodyBytes = (interaction: Interaction): Uint8Array => {
  const { body, leading_whitespace: space = '' } = interaction.response
  const encoder = new TextEncoder()
  if (typeof body === 'string') return encoder.encode(space + body)
  if (interaction.stream && Array.isArray(body)) return encoder.encode(jsonArrayStream(body))
  return encoder.encode(space + JSON.stringify(body))
}

/** Headers that describe one connection or one encoding of the body, and so cannot be replayed. */
const NOT_REPLAYED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'trailer',
  'upgrade',
])

const contentType = (interaction: Interaction): string => {
  if (interaction.stream && typeof interaction.response.body === 'string') return 'text/event-stream; charset=utf-8'
  return 'application/json'
}

/** The answer's headers with a content type always present; header values that cannot be sent are left out. */
export const answerHeaders = (interaction: Interaction): [name: string, value: string][] => {
  const kept = Object.entries(interaction.response.headers ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
    .filter(([name, value]) => !NOT_REPLAYED.has(name) && /^[\x20-\x7e]*$/.test(value) && value !== 'REDACTED')
  if (!kept.some(([name]) => name === 'content-type')) kept.push(['content-type', contentType(interaction)])
  return kept
}

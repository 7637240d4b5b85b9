import type { Api, Interaction } from './interaction.ts'

/** What a request line and body ask of a vendor. */
export interface Asked {
  readonly api: Api
  readonly model: string | undefined
  readonly stream: boolean
  readonly body: unknown
}

const GEMINI_METHODS: Readonly<Record<string, Api>> = {
  generateContent: 'gemini.generateContent',
  streamGenerateContent: 'gemini.generateContent',
  countTokens: 'gemini.countTokens',
  embedContent: 'gemini.embedContent',
  batchEmbedContents: 'gemini.embedContent',
}

/** Longest first: `/chat/completions` also ends with `/completions`. Any root may stand before these. */
const SUFFIXES: readonly (readonly [suffix: string, api: Api])[] = [
  ['/messages/count_tokens', 'anthropic.count_tokens'],
  ['/responses/input_tokens', 'openai.responses.input_tokens'],
  ['/chat/completions', 'openai.chat'],
  ['/completions', 'openai.completions'],
  ['/embeddings', 'openai.embeddings'],
  ['/responses', 'openai.responses'],
  ['/messages', 'anthropic.messages'],
]

const member = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined

/** Reads a request as the vendor would; `undefined` when no known endpoint lives at this path. */
export const readAsked = (path: string, body: unknown): Asked | undefined => {
  const gemini = /\/models\/([^/]+):(\w+)$/.exec(path)
  if (gemini) {
    const api = GEMINI_METHODS[gemini[2] ?? '']
    if (api === undefined) return undefined
    return { api, model: decodeURIComponent(gemini[1] ?? ''), stream: gemini[2] === 'streamGenerateContent', body }
  }
  const api = SUFFIXES.find(([suffix]) => path.endsWith(suffix))?.[1]
  if (api === undefined) return undefined
  const model = member(body, 'model')
  return { api, model: typeof model === 'string' ? model : undefined, stream: member(body, 'stream') === true, body }
}

/** JSON with keys sorted at every depth, so that equal values have equal text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`
}

/** The body without what a gateway may edit: the model's name and the request for usage. */
const comparable = (body: unknown): string => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return canonicalJson(body)
  const { model: _model, stream_options: options, ...rest } = body as Record<string, unknown>
  const kept = Object.fromEntries(
    Object.entries(typeof options === 'object' && options !== null ? options : {}).filter(
      ([name]) => name !== 'include_usage',
    ),
  )
  return canonicalJson(Object.keys(kept).length > 0 ? { ...rest, stream_options: kept } : rest)
}

const bodyKey = (api: Api, stream: boolean, body: unknown): string => `${api} ${stream} ${comparable(body)}`

/**
 * Finds the interaction a request asks for: by its id, given as the model's name, else by an equal body. The index by
 * body is only built when a request needs it.
 */
export class Library {
  private readonly interactions: readonly Interaction[]
  private readonly byId: ReadonlyMap<string, Interaction>
  private byBody: Map<string, Interaction> | undefined

  constructor(interactions: readonly Interaction[]) {
    this.interactions = interactions
    this.byId = new Map(interactions.map((interaction) => [interaction.id, interaction]))
  }

  find(asked: Asked): Interaction | undefined {
    const named = asked.model === undefined ? undefined : this.byId.get(asked.model)
    if (named) return named
    this.byBody ??= this.indexByBody()
    return this.byBody.get(bodyKey(asked.api, asked.stream, asked.body))
  }

  private indexByBody(): Map<string, Interaction> {
    const index = new Map<string, Interaction>()
    for (const interaction of this.interactions) {
      if (interaction.request.body === null) continue
      const key = bodyKey(interaction.api, interaction.stream, interaction.request.body)
      // The first of several equal requests answers, so that runs agree with each other.
      if (!index.has(key)) index.set(key, interaction)
    }
    return index
  }
}

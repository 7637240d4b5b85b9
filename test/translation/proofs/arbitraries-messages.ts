import fc from 'fast-check'
import {
  type Called,
  calls,
  type Medium,
  PDF,
  PNG,
  present,
  type Round,
  type Script,
  script,
  someFields,
  type Thought,
} from './arbitraries-scripts.ts'

type Json = Record<string, unknown>

/** Bodies that a client of Anthropic's Messages sends. */
export const messagesBody: fc.Arbitrary<Json> = fc
  .record({
    script: script(true),
    settings: someFields({
      temperature: fc.constantFrom(0, 0.5, 1),
      top_p: fc.constantFrom(0.9, 1),
      top_k: fc.constantFrom(1, 40),
      stop_sequences: fc.constantFrom(['END'], ['a', 'b', 'c', 'd', 'e']),
      stream: fc.boolean(),
      thinking: fc.constantFrom(
        { type: 'enabled', budget_tokens: 2_048 },
        { type: 'disabled' },
        { type: 'adaptive' },
        { type: 'adaptive', display: 'omitted' },
      ),
      output_config: fc.constantFrom<Json>(
        { effort: 'low' },
        { effort: 'max' },
        {
          format: {
            type: 'json_schema',
            schema: {
              type: 'object',
              properties: { a: { type: 'string' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
      ),
      metadata: fc.constant({ user_id: 'user-1' }),
      service_tier: fc.constantFrom('auto', 'standard_only'),
      cache_control: fc.constant({ type: 'ephemeral' }),
      container: fc.constant('container_1'),
      context_management: fc.constant({ edits: [] }),
      speed: fc.constant('fast'),
      x_unknown: fc.constant({ a: [1.0, null] }),
    }),
    choice: fc.constantFrom(
      undefined,
      undefined,
      { type: 'auto' },
      { type: 'auto', disable_parallel_tool_use: true },
      { type: 'any' },
      { type: 'none' },
      { type: 'tool', name: 'get_weather' },
    ),
    mark: fc.constantFrom(undefined, undefined, { type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }),
    isPlain: fc.boolean(),
    max: fc.constantFrom(4_096, 64_000),
  })
  .map(({ script, settings, choice, mark, isPlain, max }) => {
    const tools = calls(script) || choice ? script.tools.map(toolOf) : undefined
    return present({
      model: 'claude-x',
      max_tokens: max,
      system: systemOf(script.system, mark),
      messages: messagesOf(script, isPlain, mark),
      tools: tools && (mark ? [...tools.slice(0, -1), { ...tools.at(-1), cache_control: mark }] : tools),
      tool_choice: choice,
      ...settings,
    })
  })

const textBlock = (text: string, mark?: unknown): Json => present({ type: 'text', text, cache_control: mark })

const systemOf = (texts: readonly string[], mark: unknown): unknown => {
  const [only, ...more] = texts
  if (only === undefined) return undefined
  return more.length === 0 && !mark ? only : [only, ...more].map((text) => textBlock(text, mark))
}

const toolOf = ({ name, description, schema, strict }: Script['tools'][number]): Json =>
  present({ name, description, input_schema: { type: 'object', ...(schema as Json) }, strict })

const MEDIA: Readonly<Record<Medium, Json>> = {
  png: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
  'png-url': { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
  pdf: { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF }, title: 'A file' },
  'pdf-url': { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
}

const thinking = (thought: Thought | undefined): readonly Json[] => {
  if (!thought) return []
  const { text, signature, isRedacted } = thought
  return isRedacted && text === ''
    ? [{ type: 'redacted_thinking', data: signature }]
    : [{ type: 'thinking', thinking: text, signature }]
}

const inputOf = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

const idOf = ({ ordinal }: Called): string => `toolu_0${ordinal}${ordinal % 4 === 3 ? 'x'.repeat(90) : ''}`

const resultsOf = ({ calls, interruption }: Round): readonly Json[] => {
  const results = calls.flatMap((call): readonly Json[] => {
    const { result } = call
    if (!result) return []
    const content = result.image
      ? [textBlock(result.text || 'see'), MEDIA.png]
      : result.text === ''
        ? undefined
        : result.text
    const block = present({
      type: 'tool_result',
      tool_use_id: idOf(call),
      content,
      is_error: result.isError || undefined,
    })
    return result.isTwice ? [block, block] : [block]
  })
  return interruption === undefined ? results : [textBlock(interruption), ...results]
}

const messagesOf = ({ exchanges, tools }: Script, isPlain: boolean, mark: unknown): readonly Json[] =>
  exchanges.flatMap(({ said, media, rounds, final }) => {
    const [only, ...more] = said
    const user: Json =
      isPlain && only && more.length === 0 && media.length === 0
        ? { role: 'user', content: only }
        : {
            role: 'user',
            content: [
              ...media.map((medium) => MEDIA[medium]),
              ...said.map((text) => textBlock(text)),
              textBlock('Go on.', mark),
            ],
          }
    const turns = rounds.flatMap((round): readonly Json[] => {
      const spoken = round.text === '' ? [] : [textBlock(round.text)]
      const uses = round.calls.map((call) => ({
        type: 'tool_use',
        id: idOf(call),
        name: tools[call.tool]?.name,
        input: inputOf(call.arguments),
      }))
      const results = resultsOf(round)
      const assistant = {
        role: 'assistant',
        content: [
          ...thinking(round.thought),
          ...spoken,
          ...uses,
          ...(round.after === undefined ? [] : [textBlock(round.after)]),
        ],
      }
      return results.length === 0 ? [assistant] : [assistant, { role: 'user', content: results }]
    })
    const last = final ? [{ role: 'assistant', content: [...thinking(final.thought), textBlock(final.text)] }] : []
    const isLoose = final === undefined && turns.at(-1)?.role === 'assistant'
    return [user, ...turns, ...last, ...(isLoose ? [{ role: 'user', content: 'And?' }] : [])]
  })

import fc from 'fast-check'
import {
  type Called,
  calls,
  type Medium,
  PDF,
  PNG,
  present,
  type Script,
  script,
  someFields,
} from './arbitraries-scripts.ts'

type Json = Record<string, unknown>

/** Bodies that a client of Chat Completions sends. */
export const chatBody: fc.Arbitrary<Json> = fc
  .record({
    script: script(false),
    settings: someFields({
      max_tokens: fc.constantFrom(1, 100, 8_000),
      max_completion_tokens: fc.constantFrom(500, 4_000),
      temperature: fc.constantFrom(0, 1, 1.7),
      top_p: fc.constantFrom(0.5, 1),
      n: fc.constantFrom(1, 1, 2),
      stop: fc.constantFrom<unknown>('END', ['a', 'b'], ' '),
      frequency_penalty: fc.constantFrom(0, 0.5),
      presence_penalty: fc.constantFrom(0, -1),
      logit_bias: fc.constantFrom({}, { 50256: -100 }),
      logprobs: fc.boolean(),
      seed: fc.constant(7),
      response_format: fc.constantFrom<Json>(
        { type: 'text' },
        { type: 'json_object' },
        {
          type: 'json_schema',
          json_schema: {
            name: 'answer',
            strict: true,
            schema: {
              type: 'object',
              properties: { a: { type: 'integer', minimum: 1 } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
        {
          type: 'json_schema',
          json_schema: {
            name: 'my answer',
            schema: { type: 'object', properties: { a: { oneOf: [{ type: 'string' }, { type: 'null' }] } } },
          },
        },
      ),
      reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
      verbosity: fc.constantFrom('low', 'high'),
      parallel_tool_calls: fc.boolean(),
      stream_options: fc.constant({ include_usage: true }),
      user: fc.constantFrom('user-1', 'u'.repeat(70)),
      safety_identifier: fc.constant('safe-1'),
      metadata: fc.constant({ a: 'b' }),
      store: fc.boolean(),
      service_tier: fc.constantFrom('auto', 'default', 'flex', 'priority', 'fast'),
      prompt_cache_key: fc.constant('key'),
      prediction: fc.constant({ type: 'content', content: 'x' }),
      modalities: fc.constantFrom(['text'], ['text', 'audio']),
      x_unknown: fc.constant({ a: [1.0, null] }),
    }),
    choice: fc.constantFrom<unknown>(
      undefined,
      undefined,
      'auto',
      'none',
      'required',
      { type: 'function', function: { name: 'get_weather' } },
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'get_weather' } }] },
      },
    ),
    role: fc.constantFrom('system', 'developer'),
    isStream: fc.boolean(),
    reasons: fc.constantFrom<undefined | 'reasoning_content'>(undefined, 'reasoning_content'),
    later: fc.constantFrom(undefined, undefined, undefined, 'From now on in rhyme.'),
    custom: fc.boolean(),
  })
  .map(({ script, settings, choice, role, isStream, reasons, later, custom }) => {
    const hasTools = calls(script) || choice !== undefined
    const { stream_options: options, ...others } = settings
    return present({
      model: 'gpt-x',
      messages: [
        // OpenAI itself demands the word of whoever asks for an object.
        ...(isObjectWish(settings) ? [{ role, content: 'Answer in JSON.' }] : []),
        ...script.system.map((content) => ({ role, content })),
        ...messagesOf(script, reasons, later && { role, content: later }),
      ],
      tools: hasTools ? [...script.tools.map(toolOf), ...(custom ? [CUSTOM] : [])] : undefined,
      tool_choice: choice,
      ...others,
      ...(settings.logprobs === true && { top_logprobs: 2 }),
      ...(!hasTools && { parallel_tool_calls: undefined }),
      ...(isStream && { stream: true, stream_options: options }),
    })
  })

const isObjectWish = ({ response_format }: Json): boolean =>
  (response_format as Json | undefined)?.type === 'json_object'

const CUSTOM: Json = { type: 'custom', custom: { name: 'shell', description: 'Runs.', format: { type: 'text' } } }

const toolOf = ({ name, description, schema, strict }: Script['tools'][number]): Json => ({
  type: 'function',
  function: present({ name, description, parameters: schema, strict }),
})

const MEDIA: Readonly<Record<Medium, Json>> = {
  png: { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
  'png-url': { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
  pdf: { type: 'file', file: { file_data: `data:application/pdf;base64,${PDF}`, filename: 'a.pdf' } },
  // Chat has no documents by address.
  'pdf-url': { type: 'image_url', image_url: { url: 'https://example.com/b.png' } },
}

const idOf = ({ ordinal }: Called): string => `call_${ordinal}abc${ordinal % 4 === 3 ? 'x'.repeat(60) : ''}`

const messagesOf = (
  { exchanges, tools }: Script,
  reasons: string | undefined,
  later: Json | undefined,
): readonly Json[] =>
  exchanges.flatMap(({ said, media, rounds, final }, index) => {
    const [only = '', ...more] = said
    const content =
      more.length === 0 && media.length === 0
        ? only
        : [...said.map((text) => ({ type: 'text', text })), ...media.map((medium) => MEDIA[medium])]
    const turns = rounds.flatMap(({ thought, text, calls, interruption }): readonly Json[] => [
      {
        role: 'assistant',
        content: text === '' ? null : text,
        ...(reasons && thought && { [reasons]: thought.text }),
        tool_calls: calls.map((call) => ({
          id: idOf(call),
          type: 'function',
          function: { name: tools[call.tool]?.name, arguments: call.arguments },
        })),
      },
      ...(interruption === undefined ? [] : [{ role: 'user', content: interruption }]),
      ...calls.flatMap((call): readonly Json[] => {
        const { result } = call
        if (!result) return []
        const message = { role: 'tool', tool_call_id: idOf(call), content: result.text }
        return result.isTwice ? [message, message] : [message]
      }),
    ])
    const last = final
      ? [{ role: 'assistant', content: final.text, ...(reasons && final.thought && { [reasons]: final.thought.text }) }]
      : []
    const isLoose = final === undefined && turns.at(-1)?.role === 'assistant'
    return [
      { role: 'user', content },
      ...turns,
      ...last,
      ...(isLoose ? [{ role: 'user', content: 'And?' }] : []),
      ...(index === 0 && later ? [later] : []),
    ]
  })

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
  type Thought,
} from './arbitraries-scripts.ts'

type Json = Record<string, unknown>

/** Bodies that a client of Responses sends. */
export const responsesBody: fc.Arbitrary<Json> = fc
  .record({
    script: script(true),
    settings: someFields({
      max_output_tokens: fc.constantFrom(16, 4_000),
      temperature: fc.constantFrom(0, 1, 1.7),
      top_p: fc.constantFrom(0.5, 1),
      reasoning: fc.constantFrom<Json>(
        { effort: 'high', summary: 'auto' },
        { effort: 'none' },
        { effort: 'minimal' },
        { summary: 'detailed' },
      ),
      text: fc.constantFrom<Json>(
        { verbosity: 'low' },
        { format: { type: 'text' } },
        {
          format: {
            type: 'json_schema',
            name: 'answer',
            strict: true,
            schema: {
              type: 'object',
              properties: { a: { type: 'string' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
      ),
      include: fc.constantFrom(['reasoning.encrypted_content'], []),
      store: fc.boolean(),
      parallel_tool_calls: fc.boolean(),
      metadata: fc.constant({ a: 'b' }),
      user: fc.constant('user-1'),
      safety_identifier: fc.constant('safe-1'),
      service_tier: fc.constantFrom('auto', 'default', 'flex', 'priority'),
      prompt_cache_key: fc.constant('key'),
      truncation: fc.constantFrom('disabled', 'auto'),
      max_tool_calls: fc.constant(4),
      stream: fc.boolean(),
      x_unknown: fc.constant({ a: [1.0, null] }),
    }),
    choice: fc.constantFrom<unknown>(
      undefined,
      undefined,
      'auto',
      'none',
      'required',
      { type: 'function', name: 'get_weather' },
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'get_weather' }] },
    ),
    extras: fc.subarray<Json>([
      {
        type: 'custom',
        name: 'apply_patch',
        description: 'Patches.',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
      },
      {
        type: 'namespace',
        name: 'files',
        description: 'Files.',
        tools: [{ type: 'function', name: 'read', parameters: { type: 'object', properties: {} }, strict: false }],
      },
    ]),
    search: fc.nat(7).map((dice) => dice === 0),
    isString: fc.boolean(),
    hasIds: fc.boolean(),
  })
  .map(({ script, settings, choice, extras, search, isString, hasIds }) => {
    const [instructions, ...developer] = script.system
    const hasTools = calls(script) || choice !== undefined
    const only = script.exchanges.length === 1 && !calls(script) ? script.exchanges[0]?.said[0] : undefined
    return present({
      model: 'gpt-x',
      instructions,
      input:
        isString && only
          ? only
          : [
              ...developer.map((text) => ({
                type: 'message',
                role: 'developer',
                content: [{ type: 'input_text', text }],
              })),
              ...itemsOf(script, hasIds),
            ],
      tools: hasTools
        ? [...script.tools.map(toolOf), ...extras, ...(search ? [{ type: 'web_search' }] : [])]
        : undefined,
      tool_choice: choice,
      ...settings,
      ...(!hasTools && { parallel_tool_calls: undefined }),
    })
  })

const toolOf = ({ name, description, schema, strict }: Script['tools'][number]): Json =>
  present({ type: 'function', name, description, parameters: schema, strict: strict ?? null })

const MEDIA: Readonly<Record<Medium, Json>> = {
  png: { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
  'png-url': { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'high' },
  pdf: { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
  'pdf-url': { type: 'input_file', file_url: 'https://example.com/a.pdf' },
}

const callIdOf = ({ ordinal }: Called): string => `call_${ordinal}xyz${ordinal % 4 === 3 ? 'x'.repeat(50) : ''}`

const itemsOf = ({ exchanges, tools }: Script, hasIds: boolean): readonly Json[] => {
  let thoughts = 0
  const reasoning = (thought: Thought | undefined): readonly Json[] =>
    thought
      ? [
          present({
            type: 'reasoning',
            id: `rs_${thoughts++}`,
            summary: thought.text === '' ? [] : [{ type: 'summary_text', text: thought.text }],
            encrypted_content: `gAAAA${thought.signature}`,
          }),
        ]
      : []
  const spoken = (text: string): readonly Json[] =>
    text === ''
      ? []
      : [
          present({
            type: 'message',
            role: 'assistant',
            id: hasIds ? `msg_${thoughts++}` : undefined,
            status: hasIds ? 'completed' : undefined,
            content: [{ type: 'output_text', text, annotations: [] }],
          }),
        ]
  return exchanges.flatMap(({ said, media, rounds, final }) => {
    const user = {
      type: 'message',
      role: 'user',
      content: [...said.map((text) => ({ type: 'input_text', text })), ...media.map((medium) => MEDIA[medium])],
    }
    const turns = rounds.flatMap(({ thought, text, calls, after, interruption }): readonly Json[] => [
      ...reasoning(thought),
      ...spoken(text),
      ...calls.map((call) =>
        present({
          type: 'function_call',
          id: hasIds ? `fc_${call.ordinal}` : undefined,
          call_id: callIdOf(call),
          name: tools[call.tool]?.name,
          arguments: call.arguments,
        }),
      ),
      ...spoken(after ?? ''),
      ...(interruption === undefined ? [] : [{ role: 'user', content: interruption }]),
      ...calls.flatMap((call): readonly Json[] => {
        const { result } = call
        if (!result) return []
        const output = result.image ? [{ type: 'input_text', text: result.text }, MEDIA.png] : result.text
        const item = { type: 'function_call_output', call_id: callIdOf(call), output }
        return result.isTwice ? [item, item] : [item]
      }),
    ])
    const last = final ? [...reasoning(final.thought), ...spoken(final.text)] : []
    const isLoose = final === undefined && turns.at(-1)?.type === 'function_call'
    return [user, ...turns, ...last, ...(isLoose ? [{ role: 'user', content: 'And?' }] : [])]
  })
}

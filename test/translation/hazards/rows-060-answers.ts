/** Schemas of answers: roots that are no objects, and schemas that contain themselves. */
import { ABSENT, type HazardRow } from './row.ts'
import { chat, chatAnswer, chunk, claude, gemini, GEMINI_HI, HI } from './said.ts'

const STRING = { type: 'string' }
const object = (properties: Readonly<Record<string, unknown>>, more = {}) => ({ type: 'object', properties, ...more })
const shaped = (schema: object) => ({ type: 'json_schema', json_schema: { name: 'answer', schema } })
const RECURSIVE = {
  $ref: '#/$defs/node',
  $defs: { node: object({ next: { $ref: '#/$defs/node' }, value: STRING }) },
}

export const ROWS_60_OF_ANSWERS: readonly HazardRow[] = [
  ...(['openai-chat', 'openai-responses'] as const).map((to): HazardRow => {
    const at = to === 'openai-chat' ? '/response_format/json_schema' : '/text/format'
    return {
      number: 60,
      title: `a list is the value of an object where ${to} takes nothing but objects, and it is said`,
      kind: 'request',
      from: 'gemini',
      to,
      input: gemini([GEMINI_HI], {
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: { type: 'ARRAY', items: { type: 'STRING' } },
        },
      }),
      expect: {
        body: {
          [`${at}/schema`]: object(
            { value: { type: 'array', items: STRING } },
            { required: ['value'], additionalProperties: false },
          ),
          [`${at}/strict`]: true,
        },
        losses: ['/generationConfig/responseSchema;emulated'],
      },
    }
  }),
  {
    number: 60,
    title: 'an object or nothing is the value of an object where OpenAI takes nothing but objects',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude([HI], {
      output_config: {
        format: {
          type: 'json_schema',
          schema: {
            anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }],
            $defs: { a: object({ next: { $ref: '#' }, other: { $ref: '#/anyOf/0' } }) },
          },
        },
      },
    }),
    expect: {
      body: {
        '/response_format/json_schema/schema/type': 'object',
        '/response_format/json_schema/schema/properties/value/anyOf': [{ $ref: '#/$defs/a' }, { type: 'null' }],
        '/response_format/json_schema/schema/$defs/a/properties': {
          next: { $ref: '#/properties/value' },
          other: { $ref: '#/properties/value/anyOf/0' },
        },
      },
      losses: ['/output_config/format;emulated', '/output_config/format;approximated'],
    },
  },
  ...(['anthropic-messages', 'openai-responses'] as const).map(
    (to): HazardRow => ({
      number: 60,
      title: `a list that came from OpenAI as the value of an object is a list to a client of ${to}`,
      kind: 'answer',
      from: 'openai-chat',
      to,
      asked: { wrapsAnswer: true },
      input: chatAnswer({ content: '{"value":[{"a":1}]}' }),
      expect: { contains: [JSON.stringify('[{"a":1}]').slice(1, -1)], lacks: ['value'] },
    }),
  ),
  {
    number: 60,
    title: 'a list that OpenAI streams as the value of an object streams as a list',
    kind: 'stream',
    from: 'openai-chat',
    to: 'anthropic-messages',
    asked: { wrapsAnswer: true },
    input: [
      chunk({ content: '{"val' }),
      chunk({ content: 'ue":[1' }),
      chunk({ content: ',{}' }),
      chunk({ content: ']}' }),
      chunk({}, 'stop'),
      '[DONE]',
    ],
    expect: { end: 'success', hears: { blocks: [{ kind: 'text', text: '[1,{}]' }], stop: 'natural' } },
  },
  ...[RECURSIVE, object({ children: { type: 'array', items: { $ref: '#' } } })].map(
    (schema, index): HazardRow => ({
      number: 64,
      title: `Claude is not held to a schema that contains itself, but asked for it (${index})`,
      kind: 'request',
      from: 'openai-chat',
      to: 'anthropic-messages',
      input: chat([HI], { response_format: shaped(schema) }),
      expect: {
        body: { '/output_config': ABSENT, '/tool_choice/name': 'json' },
        contains: ['"$ref":"#'],
        losses: ['/response_format;emulated'],
      },
    }),
  ),
  {
    number: 64,
    title: 'OpenAI is held to a schema that contains itself',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI], { response_format: shaped(object({ children: { type: 'array', items: { $ref: '#' } } })) }),
    expect: { body: { '/text/format/schema/properties/children/items/$ref': '#' }, losses: [] },
  },
]

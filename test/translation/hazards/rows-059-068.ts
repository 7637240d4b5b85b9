/** Schemas of tools and answers, and the names of tools. */
import { ABSENT, type HazardRow } from './row.ts'
import {
  chat,
  chatCall,
  chatCalls,
  chatResult,
  chatTool,
  claude,
  claudeTool,
  gemini,
  GEMINI_HI,
  HI,
  responses,
  responsesTool,
} from './said.ts'

const STRING = { type: 'string' }
const NUMBER = { type: 'number' }
const object = (properties: Readonly<Record<string, unknown>>, more = {}) => ({ type: 'object', properties, ...more })

const UNION = { oneOf: [object({ a: STRING }, { required: ['a'] }), object({ b: NUMBER }, { required: ['b'] })] }
const NAME_90 = `mcp__very_long_server_name__${'a'.repeat(62)}`
const shaped = (schema: object, more = {}) => ({
  type: 'json_schema',
  json_schema: { name: 'answer', schema, ...more },
})
const RECURSIVE = {
  $ref: '#/$defs/node',
  $defs: { node: object({ next: { $ref: '#/$defs/node' }, value: STRING }) },
}
/** Known by Google's OpenAPI subset alone. */
const OLD_GEMINI = ['gemini', 'gemini-2.0-flash'] as const

export const ROWS_59_TO_68: readonly HazardRow[] = [
  {
    number: 59,
    title: 'alternatives at the root of a tool’s schema become one object, and it is said',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI], { tools: [chatTool('f', UNION)] }),
    expect: {
      body: {
        '/tools/0/input_schema/type': 'object',
        '/tools/0/input_schema/properties/a': STRING,
        '/tools/0/input_schema/properties/b': NUMBER,
        '/tools/0/input_schema/oneOf': ABSENT,
      },
      losses: ['/tools/0;simplified'],
    },
  },
  {
    number: 60,
    title: 'what a constrained answer cannot be held to is told in its description',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI], {
      response_format: shaped(object({ n: { type: 'integer', minimum: 3, oneOf: [{ multipleOf: 2 }, NUMBER] } })),
    }),
    expect: {
      body: {
        '/output_config/format/type': 'json_schema',
        '/output_config/format/schema/additionalProperties': false,
        '/output_config/format/schema/properties/n/minimum': ABSENT,
        '/output_config/format/schema/properties/n/oneOf': ABSENT,
      },
      contains: ['minimum', '"anyOf"'],
      losses: ['/response_format;simplified'],
    },
  },
  {
    number: 60,
    title: 'definitions and references stay where they are',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI], {
      response_format: shaped(
        object({ a: { $ref: '#/$defs/s' } }, { required: ['a'], additionalProperties: false, $defs: { s: STRING } }),
        { strict: true },
      ),
    }),
    expect: {
      body: {
        '/output_config/format/schema/properties/a/$ref': '#/$defs/s',
        '/output_config/format/schema/$defs/s': STRING,
      },
    },
  },
  {
    number: 61,
    title: 'a tool of a Chat client that says nothing of strictness is not strict in Responses',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI], { tools: [chatTool('f', object({ a: STRING }))] }),
    expect: { body: { '/tools/0/strict': false } },
  },
  {
    number: 62,
    title: 'strictness is not asked of a schema that cannot be strict, and it is said',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude([HI], { tools: [claudeTool('f', { strict: true, input_schema: object({ a: STRING }) })] }),
    expect: { lacks: ['"strict":true'], losses: ['/tools/0/strict;unsupported'] },
  },
  {
    number: 62,
    title: 'strictness is not asked of Claude for a schema that refers to itself, and it is said',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses('hi', {
      tools: [
        {
          type: 'function',
          name: 'f',
          strict: true,
          parameters: object(
            { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
            { required: ['next'], additionalProperties: false },
          ),
        },
      ],
    }),
    expect: { lacks: ['"strict":true'], losses: ['/tools/0/strict;unsupported'] },
  },
  {
    number: 62,
    title: 'strictness is asked of a schema that can be strict',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude([HI], {
      tools: [
        claudeTool('f', {
          strict: true,
          input_schema: object({ a: STRING }, { required: ['a'], additionalProperties: false }),
        }),
      ],
    }),
    expect: { body: { '/tools/0/function/strict': true }, losses: [] },
  },
  {
    number: 63,
    title: 'Gemini is given real JSON Schema where it takes it',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([HI], { tools: [chatTool('f', object({ a: STRING }, { additionalProperties: false }))] }),
    expect: {
      body: {
        '/tools/0/functionDeclarations/0/parametersJsonSchema/properties/a': STRING,
        '/tools/0/functionDeclarations/0/parameters': ABSENT,
      },
    },
  },
  {
    number: 63,
    title: 'an older Gemini is given its own subset, and it is said',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    on: OLD_GEMINI,
    input: chat([HI], {
      tools: [
        chatTool(
          'f',
          object(
            {
              a: { const: 'x' },
              b: { type: ['string', 'null'] },
              c: { $ref: '#/$defs/c' },
              d: { type: 'integer', enum: [1, 2] },
              e: { type: 'array', items: STRING, minItems: 1 },
              g: { type: 'number', exclusiveMinimum: 0 },
            },
            {
              $schema: 'http://json-schema.org/draft-07/schema#',
              additionalProperties: false,
              patternProperties: {},
              $defs: { c: NUMBER },
            },
          ),
        ),
      ],
    }),
    expect: {
      body: {
        '/tools/0/functionDeclarations/0/parameters/properties/a/enum': ['x'],
        '/tools/0/functionDeclarations/0/parameters/properties/b/nullable': true,
        '/tools/0/functionDeclarations/0/parameters/properties/c/type': 'NUMBER',
        '/tools/0/functionDeclarations/0/parameters/properties/d/enum': ['1', '2'],
        '/tools/0/functionDeclarations/0/parameters/properties/e/minItems': '1',
      },
      lacks: ['additionalProperties', '$schema', '"const"', 'patternProperties', '$ref', '$defs'],
      losses: ['/tools/0;simplified'],
    },
  },
  {
    number: 63,
    title: 'a tool that takes nothing has no parameters in an older Gemini',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    on: OLD_GEMINI,
    input: chat([HI], { tools: [chatTool('f', object({}))] }),
    expect: { body: { '/tools/0/functionDeclarations/0/parameters': ABSENT }, losses: [] },
  },
  {
    number: 64,
    title: 'a schema that refers to itself ends where it is written out',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    on: OLD_GEMINI,
    input: chat([HI], { tools: [chatTool('f', RECURSIVE)] }),
    expect: { lacks: ['$ref'], contains: ['"value":{"type":"STRING"}'], losses: ['/tools/0;simplified'] },
  },
  {
    number: 65,
    title: 'Google’s schema is JSON Schema to everybody else',
    kind: 'request',
    from: 'gemini',
    to: 'openai-chat',
    input: gemini([GEMINI_HI], {
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              parameters: {
                type: 'OBJECT',
                properties: {
                  a: { type: 'STRING', nullable: true },
                  b: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1' },
                },
              },
            },
          ],
        },
      ],
    }),
    expect: {
      body: {
        '/tools/0/function/parameters': object({
          a: { type: ['string', 'null'] },
          b: { type: 'array', items: { type: 'integer' }, minItems: 1 },
        }),
      },
    },
  },
  {
    number: 66,
    title: 'a tool without a schema takes an empty object',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI], { tools: [chatTool('now')] }),
    expect: { body: { '/tools/0/input_schema': object({}) } },
  },
  {
    number: 66,
    title: 'a Responses tool without parameters takes an empty object in Chat',
    kind: 'request',
    from: 'openai-responses',
    to: 'openai-chat',
    input: responses([HI], { tools: [responsesTool('now', { parameters: null })] }),
    expect: { body: { '/tools/0/function/name': 'now' }, lacks: ['"parameters":null'] },
  },
  {
    number: 67,
    title: 'properties keep their order',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI], { tools: [chatTool('f', object({ zeta: STRING, alpha: STRING }))] }),
    expect: { contains: ['"zeta":{"type":"string"},"alpha":{"type":"string"}'] },
  },
  {
    number: 67,
    title: 'properties of an answer keep their order where Gemini is held to it',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    on: OLD_GEMINI,
    input: chat([HI], { response_format: shaped(object({ zeta: STRING, alpha: STRING })) }),
    expect: { contains: ['"propertyOrdering":["zeta","alpha"]'] },
  },
  {
    number: 67,
    title: 'the members of arguments keep their order',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI, chatCalls(chatCall('c1', 'f', '{"zeta":1,"alpha":2}')), chatResult('c1', 'x')], {
      tools: [chatTool('f')],
    }),
    expect: { contains: ['"input":{"zeta":1,"alpha":2}'] },
  },
  {
    number: 68,
    title: 'a name that is too long is another everywhere in the request',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude(
      [
        HI,
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: NAME_90, input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'done' }] },
      ],
      { tools: [claudeTool(NAME_90)], tool_choice: { type: 'tool', name: NAME_90 } },
    ),
    expect: { lacks: [NAME_90, 'a'.repeat(60)], losses: ['/tools/0/name;renamed'] },
  },
  {
    number: 68,
    title: 'a name that was changed is the client’s own in the answer',
    kind: 'answer',
    from: 'openai-chat',
    to: 'anthropic-messages',
    asked: { tools: new Map([['mcp__short_0a1b2c3d', { name: NAME_90, form: 'function' }]]) },
    input: {
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: null, tool_calls: [chatCall('c1', 'mcp__short_0a1b2c3d')] },
          finish_reason: 'tool_calls',
        },
      ],
    },
    expect: { body: { '/content/0/name': NAME_90 } },
  },
  {
    number: 68,
    title: 'a Gemini client’s name with a point is another where none is allowed',
    kind: 'request',
    from: 'gemini',
    to: 'openai-chat',
    input: gemini([GEMINI_HI], { tools: [{ functionDeclarations: [{ name: 'files.read' }] }] }),
    expect: { lacks: ['files.read'], losses: ['/tools/0/functionDeclarations/0/name;renamed'] },
  },
]

import { inputItem, NAME } from './responses-items.ts'
import { responsesRules } from './responses-rules.ts'
import { constrainedSchema, objectAnswer, toolSchema } from './schemas.ts'
import {
  anything,
  type Check,
  either,
  flag,
  integer,
  isObject,
  list,
  nullable,
  number,
  object,
  objectOf,
  oneOf,
  record,
  run,
  tagged,
  text,
} from './shapes.ts'

const isType = (type: string) => ({ type: oneOf(type) })
const name = text({ matches: NAME })

const functionTool: Check = (value, at, faults) => {
  object(
    { ...isType('function'), name, parameters: nullable(toolSchema), strict: nullable(flag) },
    {
      description: nullable(text()),
      output_schema: anything,
      defer_loading: flag,
      async: flag,
      allowed_callers: anything,
    },
  )(value, at, faults)
  const { strict, parameters } = objectOf(value)
  if (strict === true) constrainedSchema('openai')(parameters, `${at}/parameters`, faults)
}

const customTool = object(
  { ...isType('custom'), name },
  {
    description: text(),
    format: tagged('type', {
      text: object(isType('text')),
      grammar: object({ ...isType('grammar'), definition: text(), syntax: oneOf('lark', 'regex') }),
    }),
    defer_loading: flag,
    allowed_callers: anything,
  },
)

const HOSTED =
  'file_search computer computer_use_preview mcp code_interpreter programmatic_tool_calling image_generation local_shell shell tool_search apply_patch web_search_preview web_search_preview_2025_03_11'

const webSearch = (type: string): Check =>
  object(isType(type), {
    filters: nullable(object({}, { allowed_domains: nullable(list(text(), 0, 100)) })),
    user_location: nullable(anything),
    search_context_size: oneOf('low', 'medium', 'high'),
    external_web_access: flag,
  })

const tool = tagged('type', {
  function: functionTool,
  custom: customTool,
  namespace: object({ ...isType('namespace'), name, description: text(), tools: list(anything) }),
  web_search: webSearch('web_search'),
  web_search_2025_08_26: webSearch('web_search_2025_08_26'),
  ...Object.fromEntries(HOSTED.split(' ').map((type): [string, Check] => [type, record(anything)])),
})

const named = { name }
const chosen = tagged('type', {
  function: object({ ...isType('function'), ...named }),
  custom: object({ ...isType('custom'), ...named }),
  allowed_tools: object({
    ...isType('allowed_tools'),
    mode: oneOf('auto', 'required'),
    tools: list(record(anything), 1),
  }),
  mcp: record(anything),
  ...Object.fromEntries(
    [...HOSTED.split(' '), 'web_search'].map((type): [string, Check] => [type, object(isType(type))]),
  ),
})

const jsonSchema: Check = (value, at, faults) => {
  object(
    { ...isType('json_schema'), name: text({ matches: /^[a-zA-Z0-9_-]{1,64}$/ }), schema: record(anything) },
    { description: text(), strict: nullable(flag) },
  )(value, at, faults)
  const { strict, schema } = objectOf(value)
  objectAnswer(schema, `${at}/schema`, faults)
  if (strict === true) constrainedSchema('openai')(schema, `${at}/schema`, faults)
}

const textField = object(
  {},
  {
    format: tagged('type', {
      text: object(isType('text')),
      json_object: object(isType('json_object')),
      json_schema: jsonSchema,
    }),
    verbosity: nullable(oneOf('low', 'medium', 'high')),
  },
)

const INCLUDES = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
]

const required = { model: text({ min: 1 }), input: either(text({ min: 1 }), list(inputItem, 1)) }

const body = object(
  { store: flag },
  {
    ...required,
    access_programs: anything,
    image: anything,
    background: nullable(flag),
    context_management: anything,
    conversation: anything,
    include: nullable(list(oneOf(...INCLUDES))),
    instructions: nullable(text()),
    max_output_tokens: nullable(integer(16)),
    max_tool_calls: nullable(integer(1)),
    metadata: nullable(record(text({ max: 512 }), 16)),
    moderation: anything,
    parallel_tool_calls: nullable(flag),
    previous_response_id: nullable(text()),
    prompt: anything,
    prompt_cache_key: nullable(text()),
    prompt_cache_options: anything,
    prompt_cache_retention: anything,
    reasoning: nullable(
      object(
        {},
        {
          effort: nullable(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
          summary: nullable(oneOf('auto', 'concise', 'detailed')),
          generate_summary: anything,
          context: nullable(oneOf('auto', 'current_turn', 'all_turns')),
          mode: oneOf('standard', 'pro'),
        },
      ),
    ),
    safety_identifier: nullable(text({ max: 64 })),
    service_tier: nullable(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast')),
    stream: nullable(flag),
    stream_options: anything,
    temperature: nullable(number(0, 2)),
    text: textField,
    tool_choice: either(oneOf('none', 'auto', 'required'), chosen),
    tools: list(tool),
    top_logprobs: nullable(integer(0, 20)),
    top_p: nullable(number(0, 1)),
    truncation: nullable(oneOf('auto', 'disabled')),
    user: text({ max: 64 }),
  },
)

/** What OpenAI would refuse of a request to `/v1/responses`. */
export const faultsOfResponses = (value: unknown): string[] => {
  const request = objectOf(value)
  // A stored prompt may hold the model and the input.
  const missing = isObject(request.prompt) ? [] : Object.keys(required).filter((name) => request[name] === undefined)
  return [...missing.map((name) => `/${name} is missing`), ...run(body, value), ...responsesRules(request)]
}

import { constrainedSchema, objectAnswer, toolSchema } from './schemas.ts'
import {
  address,
  anything,
  base64,
  type Check,
  either,
  flag,
  integer,
  isObject,
  type Json,
  list,
  listOf,
  nullable,
  number,
  object,
  objectOf,
  oneOf,
  record,
  run,
  tagged,
  text,
  textOf,
} from './shapes.ts'

const isType = (type: string) => ({ type: oneOf(type) })
const breakpoint = { prompt_cache_breakpoint: object({ mode: oneOf('explicit') }) }

const textPart = object({ ...isType('text'), text: text() }, breakpoint)
const image = object(
  {
    ...isType('image_url'),
    image_url: object(
      { url: either(address, text({ matches: /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/ })) },
      { detail: oneOf('auto', 'low', 'high') },
    ),
  },
  breakpoint,
)
const audio = object(
  { ...isType('input_audio'), input_audio: object({ data: base64, format: oneOf('wav', 'mp3') }) },
  breakpoint,
)
const file = object(
  {
    ...isType('file'),
    file: object(
      {},
      { file_data: text({ matches: /^data:[^,]+;base64,/ }), file_id: text({ min: 1 }), filename: text({ min: 1 }) },
    ),
  },
  breakpoint,
)
const refusalPart = object({ ...isType('refusal'), refusal: text() })

const userPart = tagged('type', { text: textPart, image_url: image, input_audio: audio, file })
const onlyText = tagged('type', { text: textPart })
const assistantPart = tagged('type', { text: textPart, refusal: refusalPart })

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const name = { name: text({ min: 1, max: 64, matches: /^[^\s<|\\/>]+$/ }) }
const callId = text({ min: 1, max: 40 })

const call = tagged('type', {
  function: object(
    {
      ...isType('function'),
      id: callId,
      function: object({ name: text({ matches: NAME }), arguments: text() }),
    },
    { extra_content: record(anything) },
  ),
  custom: object({ ...isType('custom'), id: callId, custom: object({ name: text({ matches: NAME }), input: text() }) }),
})

const contentOf = (part: Check): Check => either(text(), list(part, 1))
const role = (word: string) => ({ role: oneOf(word) })

const message = tagged('role', {
  developer: object({ ...role('developer'), content: contentOf(onlyText) }, name),
  system: object({ ...role('system'), content: contentOf(onlyText) }, name),
  user: object({ ...role('user'), content: contentOf(userPart) }, name),
  assistant: object(role('assistant'), {
    content: nullable(contentOf(assistantPart)),
    refusal: nullable(text()),
    audio: nullable(object({ id: text() })),
    annotations: list(anything),
    function_call: nullable(object({ name: text(), arguments: text() })),
    tool_calls: list(call, 1),
    ...name,
  }),
  function: object({ ...role('function'), content: text(), name: text() }),
  tool: object({ ...role('tool'), content: contentOf(onlyText), tool_call_id: callId }),
})

const declared = (rest: Readonly<Record<string, Check>>): Check =>
  object({ name: text({ matches: NAME }) }, { description: text(), ...rest })

const tool = tagged('type', {
  function: object({
    ...isType('function'),
    function: (value, at, faults) => {
      declared({ parameters: toolSchema, strict: nullable(flag) })(value, at, faults)
      const { strict, parameters } = objectOf(value)
      if (strict === true) constrainedSchema('openai')(parameters, `${at}/parameters`, faults)
    },
  }),
  custom: object({
    ...isType('custom'),
    custom: declared({
      format: tagged('type', {
        text: object(isType('text')),
        grammar: object({
          ...isType('grammar'),
          grammar: object({ definition: text(), syntax: oneOf('lark', 'regex') }),
        }),
      }),
    }),
  }),
})

const named = tagged('type', {
  function: object({ ...isType('function'), function: object({ name: text({ matches: NAME }) }) }),
  custom: object({ ...isType('custom'), custom: object({ name: text({ matches: NAME }) }) }),
})
const toolChoice = either(
  oneOf('none', 'auto', 'required'),
  tagged('type', {
    function: named,
    custom: named,
    allowed_tools: object({
      ...isType('allowed_tools'),
      allowed_tools: object({ mode: oneOf('auto', 'required'), tools: list(named, 1) }),
    }),
  }),
)

const jsonSchema: Check = (value, at, faults) => {
  object({ name: text({ matches: NAME }) }, { description: text(), schema: record(anything), strict: nullable(flag) })(
    value,
    at,
    faults,
  )
  const { strict, schema } = objectOf(value)
  objectAnswer(schema, `${at}/schema`, faults)
  if (strict === true) constrainedSchema('openai')(schema, `${at}/schema`, faults)
}

const shape = tagged('type', {
  text: object(isType('text')),
  json_object: object(isType('json_object')),
  json_schema: object({ ...isType('json_schema'), json_schema: jsonSchema }),
})

const body = object(
  { model: text({ min: 1 }), messages: list(message, 1) },
  {
    frequency_penalty: nullable(number(-2, 2)),
    presence_penalty: nullable(number(-2, 2)),
    functions: list(anything, 1),
    function_call: anything,
    logit_bias: nullable(record(number(-100, 100))),
    logprobs: nullable(flag),
    top_logprobs: nullable(integer(0, 20)),
    max_completion_tokens: nullable(integer(1)),
    max_tokens: nullable(integer(1)),
    metadata: nullable(record(text({ max: 512 }), 16)),
    modalities: nullable(list(oneOf('text', 'audio'))),
    audio: anything,
    moderation: anything,
    n: nullable(integer(1, 128)),
    parallel_tool_calls: flag,
    prediction: anything,
    prompt_cache_key: nullable(text()),
    prompt_cache_options: anything,
    prompt_cache_retention: nullable(oneOf('in_memory', '24h')),
    reasoning_effort: nullable(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
    response_format: shape,
    safety_identifier: nullable(text({ max: 64 })),
    seed: nullable(integer(Number.MIN_SAFE_INTEGER)),
    service_tier: nullable(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
    stop: nullable(either(text({ min: 1 }), list(text({ min: 1 }), 1, 4))),
    store: nullable(flag),
    stream: nullable(flag),
    stream_options: nullable(object({}, { include_usage: flag, include_obfuscation: flag })),
    temperature: nullable(number(0, 2)),
    tool_choice: toolChoice,
    tools: list(tool, 1, 128),
    top_p: nullable(number(0, 1)),
    user: text({ max: 64 }),
    verbosity: nullable(oneOf('low', 'medium', 'high')),
    web_search_options: anything,
  },
)

/** What OpenAI would refuse of a request to `/v1/chat/completions`. */
export const faultsOfChat = (value: unknown): string[] => {
  const faults = run(body, value)
  return [...faults, ...fieldRules(objectOf(value)), ...messageRules(objectOf(value))]
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null

const fieldRules = (request: Json): readonly string[] => {
  const faults: string[] = []
  if (isSaid(request.max_tokens) && isSaid(request.max_completion_tokens))
    faults.push('/max_tokens and /max_completion_tokens cannot both be set')
  if (isSaid(request.stream_options) && request.stream !== true) faults.push('/stream_options without /stream')
  if (isSaid(request.top_logprobs) && request.logprobs !== true) faults.push('/top_logprobs without /logprobs')
  const tools = listOf(request.tools)
  const names = tools.map((one) => objectOf(one.function ?? one.custom).name)
  if (new Set(names).size < names.length) faults.push('/tools: names must be unique')
  for (const field of ['tool_choice', 'parallel_tool_calls'])
    if (request[field] !== undefined && tools.length === 0) faults.push(`/${field} without /tools`)
  const chosen = isObject(request.tool_choice)
    ? objectOf(request.tool_choice.function ?? request.tool_choice.custom).name
    : undefined
  if (chosen !== undefined && !names.includes(chosen)) faults.push(`/tool_choice names ${chosen}, which is no tool`)
  if (objectOf(request.response_format).type === 'json_object' && !/json/i.test(JSON.stringify(request.messages)))
    faults.push("/messages must contain the word 'json' in some form")
  return faults
}

const messageRules = (request: Json): readonly string[] => {
  const faults: string[] = []
  let waiting: unknown[] = []
  for (const [index, one] of listOf(request.messages).entries()) {
    const at = `/messages/${index}`
    if (one.role === 'tool') {
      if (!waiting.includes(one.tool_call_id))
        faults.push(
          `${at}: a tool message must be a response to a preceding message with tool_calls: ${one.tool_call_id}`,
        )
      waiting = waiting.filter((id) => id !== one.tool_call_id)
      continue
    }
    if (waiting.length > 0) faults.push(`${at}: tool_call_ids did not have response messages: ${waiting.join()}`)
    const ids = listOf(one.tool_calls).map(({ id }) => id)
    if (new Set(ids).size < ids.length) faults.push(`${at}: call ids must be unique`)
    waiting = ids
    if (
      one.role === 'assistant' &&
      !one.tool_calls &&
      !one.function_call &&
      textOf(one.content) === '' &&
      !Array.isArray(one.content)
    ) {
      if (typeof one.content !== 'string' && !one.refusal) faults.push(`${at}/content is required without tool_calls`)
    }
    if (Array.isArray(one.content)) {
      const parts = listOf(one.content)
      if (one.role === 'assistant' && parts.some(({ type }) => type === 'refusal') && parts.length > 1)
        faults.push(`${at}/content: a refusal is the only part`)
    }
  }
  if (waiting.length > 0) faults.push(`the last tool_call_ids did not have response messages: ${waiting.join()}`)
  return faults
}

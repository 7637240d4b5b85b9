import { messagesRules } from './anthropic-rules.ts'
import { constrainedSchema, finiteAnswer, toolSchema } from './schemas.ts'
import type { Sent } from './sent.ts'
import {
  address,
  anything,
  base64,
  type Check,
  either,
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  record,
  run,
  tagged,
  text,
} from './shapes.ts'

const cacheControl = object({ type: oneOf('ephemeral') }, { ttl: oneOf('5m', '1h') })
const cached = { cache_control: nullable(cacheControl) }
const isType = (type: string) => ({ type: oneOf(type) })

const visibleText: Check = object(
  { ...isType('text'), text: text({ visible: true }) },
  {
    ...cached,
    citations: nullable(list(anything)),
  },
)

const image = object(
  {
    ...isType('image'),
    source: tagged('type', {
      base64: object({
        ...isType('base64'),
        media_type: oneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp'),
        data: base64,
      }),
      url: object({ ...isType('url'), url: address }),
      file: object({ ...isType('file'), file_id: text({ min: 1 }) }),
    }),
  },
  { ...cached, transformations: anything },
)

const document = object(
  {
    ...isType('document'),
    source: tagged('type', {
      base64: object({ ...isType('base64'), media_type: oneOf('application/pdf'), data: base64 }),
      text: object({ ...isType('text'), media_type: oneOf('text/plain'), data: text({ min: 1 }) }),
      content: object({ ...isType('content'), content: anything }),
      url: object({ ...isType('url'), url: address }),
      file: object({ ...isType('file'), file_id: text({ min: 1 }) }),
    }),
  },
  {
    ...cached,
    title: nullable(text({ min: 1, max: 500 })),
    context: nullable(text({ min: 1 })),
    citations: nullable(object({}, { enabled: flag })),
  },
)

const searchResult = object(
  { ...isType('search_result'), source: text(), title: text(), content: list(visibleText, 1) },
  { ...cached, citations: object({}, { enabled: flag }) },
)

const ID = /^[a-zA-Z0-9_-]+$/
const NAME = /^[a-zA-Z0-9_-]{1,128}$/

const toolUse = object(
  { ...isType('tool_use'), id: text({ matches: ID }), name: text({ matches: NAME }), input: record(anything) },
  { ...cached, caller: anything, toolset_name: nullable(text()) },
)

const toolResult = object(
  { ...isType('tool_result'), tool_use_id: text({ matches: ID }) },
  {
    ...cached,
    content: either(
      text(),
      list(
        tagged('type', {
          text: visibleText,
          image,
          document,
          search_result: searchResult,
          tool_reference: anything,
          browser_state: anything,
        }),
      ),
    ),
    is_error: flag,
    toolset_name: text(),
  },
)

const serverTool = (type: string): Check =>
  object(
    { ...isType(type) },
    {
      ...cached,
      id: text(),
      name: text(),
      input: anything,
      tool_use_id: text(),
      content: anything,
      caller: anything,
      is_error: flag,
      server_name: text(),
      from: anything,
      to: anything,
      file_id: text(),
      encrypted_content: anything,
      tool: anything,
    },
  )

const SERVER_BLOCKS =
  'server_tool_use web_search_tool_result web_fetch_tool_result code_execution_tool_result bash_code_execution_tool_result text_editor_code_execution_tool_result tool_search_tool_result container_upload mcp_tool_use mcp_tool_result advisor_tool_result compaction fallback tool_addition tool_removal'

const block = tagged('type', {
  text: visibleText,
  image,
  document,
  search_result: searchResult,
  // The documentation shows both blocks without a mark, and the API refuses one.
  thinking: object({ ...isType('thinking'), thinking: text(), signature: text({ min: 1 }) }),
  redacted_thinking: object({ ...isType('redacted_thinking'), data: text({ min: 1 }) }),
  tool_use: toolUse,
  tool_result: toolResult,
  ...Object.fromEntries(SERVER_BLOCKS.split(' ').map((type) => [type, serverTool(type)])),
})

const message = object({
  role: oneOf('user', 'assistant', 'system'),
  content: either(text({ visible: true }), list(block, 1)),
})

const customTool = object(
  { name: text({ matches: NAME }), input_schema: toolSchema },
  {
    type: nullable(oneOf('custom')),
    description: text(),
    strict: flag,
    ...cached,
    defer_loading: flag,
    eager_input_streaming: nullable(flag),
    input_examples: list(record(anything)),
    allowed_callers: list(text()),
  },
)

const typedTool: Check = (value, at, faults) => {
  const type = (value as { type?: unknown } | null)?.type
  if (type === undefined || type === null || type === 'custom') return customTool(value, at, faults)
  if (!/^[a-z_]+_\d{8}$|^mcp_toolset$|^tool_search_tool_(?:bm25|regex)(?:_\d{8})?$/.test(String(type)))
    faults.push(`${at}/type is ${JSON.stringify(type)}, which is no tool`)
  if ((value as { input_schema?: unknown }).input_schema !== undefined)
    faults.push(`${at}/input_schema: Extra inputs are not permitted`)
}

const parallel = { disable_parallel_tool_use: flag }
const toolChoice = tagged('type', {
  auto: object(isType('auto'), parallel),
  any: object(isType('any'), parallel),
  tool: object({ ...isType('tool'), name: text({ matches: NAME }) }, parallel),
  none: object(isType('none')),
})

const thinking = tagged('type', {
  enabled: object(
    { ...isType('enabled'), budget_tokens: integer(1_024) },
    { display: nullable(oneOf('summarized', 'omitted')) },
  ),
  disabled: object(isType('disabled')),
  adaptive: object(isType('adaptive'), { display: nullable(oneOf('summarized', 'omitted')) }),
  between_tools: object(isType('between_tools')),
})

const answerSchema: Check = (value, at, faults) => {
  constrainedSchema('anthropic')(value, at, faults)
  finiteAnswer(value, at, faults)
}

const shape = object({ ...isType('json_schema'), schema: answerSchema })

const body = object(
  { model: text({ min: 1 }), messages: list(message, 1, 100_000), max_tokens: integer(1) },
  {
    ...cached,
    container: anything,
    inference_geo: nullable(text()),
    metadata: object({}, { user_id: nullable(text({ max: 512 })) }),
    output_config: object(
      {},
      {
        effort: nullable(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
        format: nullable(shape),
        task_budget: anything,
      },
    ),
    service_tier: oneOf('auto', 'standard_only'),
    stop_sequences: list(text({ visible: true })),
    stream: flag,
    system: either(text({ visible: true }), list(visibleText, 1)),
    temperature: number(0, 1),
    thinking,
    tool_choice: toolChoice,
    tools: list(typedTool),
    top_k: integer(0),
    top_p: number(0, 1),
    context_management: anything,
    diagnostics: anything,
    fallback_credit_token: anything,
    fallbacks: anything,
    mcp_servers: list(anything),
    output_format: anything,
    speed: nullable(oneOf('standard', 'fast')),
    billing_policy: anything,
    compaction: anything,
    thread: anything,
  },
)

/** What Anthropic would refuse of a request to `/v1/messages`. */
export const faultsOfMessages = (value: unknown, sent: Sent = {}): string[] => [
  ...run(body, value),
  ...messagesRules(value, sent),
]

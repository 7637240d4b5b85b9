import {
  address,
  anything,
  base64,
  type Check,
  either,
  flag,
  list,
  nullable,
  object,
  oneOf,
  record,
  tagged,
  text,
} from './shapes.ts'

export const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const OUTPUT_MAX = 10_485_760

const isType = (type: string) => ({ type: oneOf(type) })
const breakpoint = { prompt_cache_breakpoint: object({ mode: oneOf('explicit') }) }
const fileData = text({ matches: /^data:[^,]+;base64,/ })

const inputText = object({ ...isType('input_text'), text: text() }, breakpoint)
const inputImage = object(isType('input_image'), {
  image_url: nullable(
    either(address, text({ matches: /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/ })),
  ),
  file_id: nullable(text({ min: 1 })),
  detail: oneOf('low', 'high', 'auto', 'original'),
  ...breakpoint,
})
const inputFile = object(isType('input_file'), {
  file_data: fileData,
  file_id: nullable(text({ min: 1 })),
  file_url: address,
  filename: text({ min: 1 }),
  detail: oneOf('low', 'high', 'auto'),
  ...breakpoint,
})
const inputAudio = object({
  ...isType('input_audio'),
  input_audio: object({ data: base64, format: oneOf('wav', 'mp3') }),
})
const inputPart = tagged('type', {
  input_text: inputText,
  input_image: inputImage,
  input_file: inputFile,
  input_audio: inputAudio,
})
const onlyText = tagged('type', { input_text: inputText })

const annotation = tagged('type', {
  url_citation: object({
    ...isType('url_citation'),
    url: text(),
    title: text(),
    start_index: anything,
    end_index: anything,
  }),
  file_citation: record(anything),
  container_file_citation: record(anything),
  file_path: record(anything),
})
const outputPart = tagged('type', {
  output_text: object(
    { ...isType('output_text'), text: text(), annotations: list(annotation) },
    { logprobs: list(anything) },
  ),
  refusal: object({ ...isType('refusal'), refusal: text() }),
})

const status = { status: oneOf('in_progress', 'completed', 'incomplete') }
const role = (word: string) => ({ role: oneOf(word) })
const contentOf = (part: Check): Check => either(text(), list(part, 1))
const optionalType = { type: oneOf('message') }

const message = tagged('role', {
  user: object({ ...role('user'), content: contentOf(inputPart) }, { ...optionalType, ...status }),
  system: object({ ...role('system'), content: contentOf(onlyText) }, { ...optionalType, ...status }),
  developer: object({ ...role('developer'), content: contentOf(onlyText) }, { ...optionalType, ...status }),
  assistant: object(
    { ...role('assistant'), content: contentOf(outputPart) },
    {
      ...optionalType,
      ...status,
      id: text({ matches: /^msg_/ }),
      phase: nullable(oneOf('commentary', 'final_answer')),
    },
  ),
})

const callId = text({ min: 1, max: 64 })
const output = either(text({ max: OUTPUT_MAX }), list(inputPart))
const prefixed = (prefix: string) => ({ id: nullable(text({ matches: new RegExp(`^${prefix}_`) })) })

const word = (...words: readonly string[]) => ({ status: oneOf(...words) })
const own = { id: text({ min: 1 }) }
const maybeOwn = { id: nullable(text({ min: 1 })) }
const maybeStatus = { status: nullable(oneOf('in_progress', 'completed', 'incomplete')) }
const caller = { caller: anything }

const image = object(
  {
    ...isType('image_generation_call'),
    ...own,
    ...word('in_progress', 'completed', 'generating', 'failed'),
    result: nullable(text()),
  },
  Object.fromEntries(
    ['action', 'background', 'error', 'output_format', 'quality', 'revised_prompt', 'size', 'svg_usage'].map(
      (name): [string, Check] => [name, anything],
    ),
  ),
)

/** Items of tools that the vendor runs, or that have a type of their own, as `ResponseInputItem` of the SDK has them. */
const toolItems = {
  file_search_call: object(
    {
      ...isType('file_search_call'),
      ...own,
      ...word('in_progress', 'searching', 'completed', 'incomplete', 'failed'),
      queries: list(text()),
    },
    { results: nullable(list(record(anything))) },
  ),
  web_search_call: object({
    ...isType('web_search_call'),
    ...own,
    ...word('in_progress', 'searching', 'completed', 'failed', 'incomplete'),
    action: record(anything),
  }),
  computer_call: object(
    { ...isType('computer_call'), ...own, ...status, call_id: callId, pending_safety_checks: list(record(anything)) },
    { action: record(anything), actions: list(record(anything)) },
  ),
  computer_call_output: object(
    { ...isType('computer_call_output'), call_id: callId, output: record(anything) },
    { ...maybeOwn, ...maybeStatus, acknowledged_safety_checks: anything },
  ),
  tool_search_call: object(
    { ...isType('tool_search_call'), arguments: anything },
    { ...maybeOwn, ...maybeStatus, call_id: nullable(callId), execution: oneOf('server', 'client') },
  ),
  tool_search_output: object(
    { ...isType('tool_search_output'), tools: list(record(anything)) },
    { ...maybeOwn, ...maybeStatus, call_id: nullable(callId), execution: oneOf('server', 'client') },
  ),
  // Of an image that the vendor stored its id is enough.
  image_generation_call: either(object({ ...isType('image_generation_call'), ...own }), image),
  code_interpreter_call: object({
    ...isType('code_interpreter_call'),
    ...own,
    ...word('in_progress', 'completed', 'incomplete', 'interpreting', 'failed'),
    code: nullable(text()),
    container_id: text({ min: 1 }),
    outputs: nullable(list(record(anything))),
  }),
  local_shell_call: object({
    ...isType('local_shell_call'),
    ...own,
    ...status,
    call_id: callId,
    action: record(anything),
  }),
  // The official SDK's type has the id, and the API and other SDKs the call's.
  local_shell_call_output: either(
    object({ ...isType('local_shell_call_output'), ...own, output: text() }, { ...maybeStatus, call_id: callId }),
    object({ ...isType('local_shell_call_output'), call_id: callId, output: text() }, maybeStatus),
  ),
  shell_call: object(
    { ...isType('shell_call'), call_id: callId, action: record(anything) },
    { ...maybeOwn, ...maybeStatus, ...caller, environment: anything },
  ),
  shell_call_output: object(
    { ...isType('shell_call_output'), call_id: callId, output: list(record(anything)) },
    { ...maybeOwn, ...maybeStatus, ...caller, max_output_length: anything },
  ),
  apply_patch_call: object(
    {
      ...isType('apply_patch_call'),
      ...word('in_progress', 'completed'),
      call_id: callId,
      operation: tagged('type', {
        create_file: object({ ...isType('create_file'), path: text({ min: 1 }), diff: text() }),
        update_file: object({ ...isType('update_file'), path: text({ min: 1 }), diff: text() }),
        delete_file: object({ ...isType('delete_file'), path: text({ min: 1 }) }),
      }),
    },
    { ...maybeOwn, ...caller },
  ),
  apply_patch_call_output: object(
    { ...isType('apply_patch_call_output'), ...word('completed', 'failed'), call_id: callId },
    { ...maybeOwn, ...caller, output: nullable(text()) },
  ),
  mcp_list_tools: object(
    { ...isType('mcp_list_tools'), ...own, server_label: text(), tools: list(record(anything)) },
    { error: anything },
  ),
  mcp_approval_request: object({
    ...isType('mcp_approval_request'),
    ...own,
    arguments: text(),
    name: text(),
    server_label: text(),
  }),
  mcp_approval_response: object(
    { ...isType('mcp_approval_response'), approval_request_id: text({ min: 1 }), approve: flag },
    { ...maybeOwn, reason: nullable(text()) },
  ),
  mcp_call: object(
    { ...isType('mcp_call'), ...own, arguments: text(), name: text(), server_label: text() },
    {
      ...word('in_progress', 'completed', 'incomplete', 'calling', 'failed'),
      approval_request_id: nullable(text()),
      error: anything,
      output: nullable(text()),
    },
  ),
  compaction: object({ ...isType('compaction'), encrypted_content: text({ min: 1 }) }, maybeOwn),
  compaction_trigger: object(isType('compaction_trigger'), maybeOwn),
  additional_tools: object(
    { ...isType('additional_tools'), ...role('developer'), tools: list(record(anything)) },
    maybeOwn,
  ),
  configuration_update: object(isType('configuration_update'), { ...maybeOwn, reasoning: anything, text: anything }),
  item_reference: object({ ...isType('item_reference'), ...own }),
  program: record(anything),
  program_output: object({
    ...isType('program_output'),
    ...own,
    ...word('completed', 'incomplete'),
    call_id: callId,
    result: text(),
  }),
} as const satisfies Readonly<Record<string, Check>>

export const inputItem = tagged(
  'type',
  {
    message,
    function_call: object(
      { ...isType('function_call'), call_id: callId, name: text({ matches: NAME }), arguments: text() },
      { ...prefixed('fc'), ...status, namespace: text(), caller: anything },
    ),
    function_call_output: object(
      { ...isType('function_call_output'), call_id: callId, output },
      { ...prefixed('fco?'), ...status, caller: anything },
    ),
    custom_tool_call: object(
      { ...isType('custom_tool_call'), call_id: callId, name: text({ matches: NAME }), input: text() },
      { ...prefixed('ctc'), ...status, namespace: text(), caller: anything },
    ),
    custom_tool_call_output: object(
      { ...isType('custom_tool_call_output'), call_id: callId, output },
      { ...prefixed('ctco?'), ...status, caller: anything },
    ),
    reasoning: object(
      { ...isType('reasoning'), summary: list(object({ ...isType('summary_text'), text: text() })) },
      {
        id: text({ matches: /^rs_/ }),
        encrypted_content: nullable(text({ min: 1 })),
        content: nullable(list(object({ ...isType('reasoning_text'), text: text() }))),
        ...status,
      },
    ),
    ...toolItems,
  },
  message,
)

import {
  address,
  anything,
  base64,
  type Check,
  either,
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

const OTHERS =
  'file_search_call computer_call computer_call_output web_search_call tool_search_call tool_search_output additional_tools compaction image_generation_call code_interpreter_call local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output mcp_list_tools mcp_approval_request mcp_approval_response mcp_call compaction_trigger configuration_update item_reference program program_output'

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
    ...Object.fromEntries(OTHERS.split(' ').map((type): [string, Check] => [type, record(anything)])),
  },
  message,
)

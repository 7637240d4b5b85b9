import { isObject, type Json, listOf, objectOf, textOf } from './shapes.ts'

/** What the shape of a Responses request does not say: pairs, order, limits across fields. */
export const responsesRules = (body: Json): string[] => [
  // What an earlier response holds is not seen here.
  ...(body.previous_response_id || body.conversation ? [] : pairRules(listOf(body.input))),
  ...reasoningRules(listOf(body.input), body),
  ...mediaRules(body),
  ...fieldRules(body),
]

const OUTPUT_OF: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  local_shell_call: 'local_shell_call_output',
  shell_call: 'shell_call_output',
  apply_patch_call: 'apply_patch_call_output',
}
const CALL_OF = Object.fromEntries(Object.entries(OUTPUT_OF).map(([call, output]) => [output, call]))

const pairRules = (items: readonly Json[]): string[] => {
  const faults: string[] = []
  const open = new Map<unknown, Json>()
  const seen = new Set<unknown>()
  for (const [index, item] of items.entries()) {
    const at = `/input/${index}`
    const type = textOf(item.type)
    if (OUTPUT_OF[type]) {
      if (seen.has(item.call_id)) faults.push(`${at}: call_id ${item.call_id} twice`)
      seen.add(item.call_id)
      open.set(item.call_id, item)
    } else if (CALL_OF[type]) {
      const call = open.get(item.call_id)
      if (call?.type !== CALL_OF[type])
        faults.push(`${at}: No tool call found for ${type.replace('_output', '')} output with call_id ${item.call_id}.`)
      open.delete(item.call_id)
    }
  }
  for (const id of open.keys()) faults.push(`No tool output found for function call ${id}.`)
  return faults
}

const isOfAssistant = (item: Json | undefined): boolean =>
  item !== undefined && (item.role === 'assistant' || /_call$/.test(textOf(item.type)) || item.type === 'reasoning')

const reasoningRules = (items: readonly Json[], body: Json): string[] => {
  const faults: string[] = []
  for (const [index, item] of items.entries()) {
    if (item.type !== 'reasoning') continue
    const at = `/input/${index}`
    if (!isOfAssistant(items[index + 1]))
      faults.push(`${at}: Item of type 'reasoning' was provided without its required following item.`)
    if (body.store === false && typeof item.encrypted_content !== 'string')
      faults.push(`${at}: reasoning without encrypted_content, and nothing is stored`)
  }
  return faults
}

const mediaRules = (body: Json): string[] => {
  const faults: string[] = []
  for (const [index, item] of listOf(body.input).entries()) {
    for (const part of [...listOf(item.content), ...listOf(item.output)]) {
      const sources = ['image_url', 'file_id', 'file_data', 'file_url'].filter((name) => typeof part[name] === 'string')
      if ((part.type === 'input_image' || part.type === 'input_file') && sources.length !== 1)
        faults.push(`/input/${index}: a ${part.type} with ${sources.length} sources`)
      if (typeof part.file_data === 'string' && typeof part.filename !== 'string')
        faults.push(`/input/${index}: file_data without a filename`)
    }
  }
  return faults
}

const fieldRules = (body: Json): string[] => {
  const faults: string[] = []
  const later = listOf(body.input).filter(({ type }) => type === 'additional_tools' || type === 'tool_search_output')
  const namesOf = (tools: readonly Json[]) => tools.flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  const own = namesOf(listOf(body.tools))
  if (new Set(own).size < own.length) faults.push('/tools: names must be unique')
  const tools = [...listOf(body.tools), ...later.flatMap((item) => listOf(item.tools))]
  const names = namesOf(tools)
  for (const field of ['tool_choice', 'parallel_tool_calls'])
    if (body[field] !== undefined && tools.length === 0) faults.push(`/${field} without /tools`)
  const choice = isObject(body.tool_choice) ? body.tool_choice : {}
  const chosen = choice.type === 'allowed_tools' ? listOf(choice.tools) : [choice]
  for (const { name } of chosen)
    if (name !== undefined && !names.includes(textOf(name))) faults.push(`/tool_choice names ${name}, which is no tool`)
  const include = Array.isArray(body.include) ? body.include : []
  if (Number(body.top_logprobs) > 0 && !include.includes('message.output_text.logprobs'))
    faults.push('/top_logprobs without /include of message.output_text.logprobs')
  const format = objectOf(objectOf(body.text).format)
  if (format.type === 'json_object' && !/json/i.test(JSON.stringify([body.input, body.instructions])))
    faults.push("/input must contain the word 'json' in some form")
  return faults
}

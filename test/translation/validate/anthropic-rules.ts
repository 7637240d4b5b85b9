import type { Sent } from './sent.ts'
import { find, isObject, type Json, listOf, objectOf, textOf } from './shapes.ts'

/** What the shape of a Messages request does not say: order, pairs, limits across fields. */
export const messagesRules = (value: unknown, { model, isPassedThrough }: Sent): string[] => {
  const body = objectOf(value)
  const sampling = isPassedThrough && SETTLED.test(model ?? '') ? samplingRules(body) : []
  return [...turnRules(body), ...markRules(body), ...thinkingRules(body), ...toolRules(body), ...sampling]
}

/** Models after Claude Opus 4.6, which are not to be steered by sampling. */
const SETTLED = /claude-(?:opus-4-[7-9]|[a-z]+-[5-9])(?!\d)/

const samplingRules = (body: Json): string[] => [
  ...(isOther(body.temperature, 1) ? ['/temperature may only be 1 for this model'] : []),
  ...(Number(body.top_p ?? 1) < 0.99 ? ['/top_p must be at least 0.99 for this model'] : []),
  ...(body.top_k === undefined || body.top_k === null ? [] : ['/top_k is not supported by this model']),
]
const isOther = (value: unknown, only: number): boolean => value !== undefined && value !== null && value !== only

interface Turn {
  readonly role: string
  readonly blocks: readonly Json[]
  readonly at: string
}

const blocksOf = (content: unknown): readonly Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content)

/** The API merges turns of one role in a row before it looks at them. */
const mergedTurns = (body: Json): readonly Turn[] => {
  const turns: Turn[] = []
  for (const [index, { role, content }] of listOf(body.messages).entries()) {
    const last = turns.at(-1)
    const blocks = blocksOf(content)
    if (last && last.role === role && role !== 'system')
      turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] }
    else turns.push({ role: textOf(role), blocks, at: `/messages/${index}` })
  }
  return turns
}

const ASSISTANT_ONLY = new Set(['tool_use', 'thinking', 'redacted_thinking', 'server_tool_use'])

const turnRules = (body: Json): string[] => {
  const faults: string[] = []
  const turns = mergedTurns(body)
  const used = new Set<unknown>()
  if (turns[0] && turns[0].role !== 'user') faults.push(`${turns[0].at}: the first message must be the user's`)
  for (const [index, { role, blocks, at }] of turns.entries()) {
    const before = turns[index - 1]
    const after = turns[index + 1]
    for (const block of blocks) {
      if (role === 'user' && ASSISTANT_ONLY.has(textOf(block.type))) faults.push(`${at}: ${block.type} in a user turn`)
      if (role === 'assistant' && ['tool_result', 'image', 'document'].includes(textOf(block.type)))
        faults.push(`${at}: ${block.type} in an assistant turn`)
      if (role === 'system' && !['text', 'tool_addition', 'tool_removal'].includes(textOf(block.type)))
        faults.push(`${at}: ${block.type} in a system turn`)
      if (block.type !== 'tool_use') continue
      if (used.has(block.id)) faults.push(`${at}: tool_use ids must be unique: ${block.id}`)
      used.add(block.id)
    }
    if (role === 'system' && (before?.role !== 'user' || (after && after.role !== 'assistant')))
      faults.push(`${at}: role 'system' must follow a 'user' message and precede an 'assistant' one`)
    if (role === 'user') faults.push(...resultRules(blocks, before, at))
    const calls = blocks.filter(({ type }) => type === 'tool_use')
    if (role === 'assistant' && calls.length > 0) faults.push(...answeredRules(calls, after, at))
  }
  const last = turns.at(-1)
  const end = last?.blocks.at(-1)
  if (last?.role === 'assistant' && end?.type === 'text' && /\s$/.test(textOf(end.text)))
    faults.push(`${last.at}: final assistant content cannot end with trailing whitespace`)
  return faults
}

const resultRules = (blocks: readonly Json[], before: Turn | undefined, at: string): readonly string[] => {
  const faults: string[] = []
  const calls = before?.role === 'assistant' ? before.blocks.filter(({ type }) => type === 'tool_use') : []
  const answered = new Set<unknown>()
  let others = false
  for (const block of blocks) {
    if (block.type !== 'tool_result') others = true
    else {
      const id = block.tool_use_id
      if (others) faults.push(`${at}: a tool_result behind other content`)
      if (!calls.some((call) => call.id === id)) faults.push(`${at}: unexpected tool_use_id ${id} in a tool_result`)
      if (answered.has(id)) faults.push(`${at}: each tool_use must have a single result: ${id}`)
      answered.add(id)
    }
  }
  return faults
}

const answeredRules = (calls: readonly Json[], after: Turn | undefined, at: string): readonly string[] => {
  const results = after?.role === 'user' ? after.blocks.filter(({ type }) => type === 'tool_result') : []
  return calls
    .filter(({ id }) => !results.some((result) => result.tool_use_id === id))
    .map(({ id }) => `${at}: tool_use ids were found without tool_result blocks immediately after: ${id}`)
}

const MARKS_MAX = 4

const markRules = (body: Json): string[] => {
  const faults: string[] = []
  // The order in which a prompt is cached; a longer time must not come after a shorter one.
  const marks = [body.tools, body.system, body.messages].flatMap((part) =>
    find(part, (node) => isObject(node.cache_control) && 'type' in node),
  )
  const tools = listOf(body.tools).filter((tool) => isObject(tool.cache_control) && !('type' in tool)).length
  if (marks.length + tools + (isObject(body.cache_control) ? 1 : 0) > MARKS_MAX)
    faults.push(`a maximum of ${MARKS_MAX} blocks with cache_control may be provided, found ${marks.length + tools}`)
  let shorter = false
  for (const [at, node] of marks) {
    const isHour = objectOf(node.cache_control).ttl === '1h'
    if (isHour && shorter) faults.push(`${at}: a cache_control of 1h after one of 5m`)
    shorter = shorter || !isHour
  }
  return faults
}

const thinkingRules = (body: Json): string[] => {
  const faults: string[] = []
  const thinking = objectOf(body.thinking)
  if (thinking.type === 'enabled' && Number(thinking.budget_tokens) >= Number(body.max_tokens))
    faults.push('/max_tokens must be greater than thinking.budget_tokens')
  if (thinking.type !== 'enabled' && thinking.type !== 'adaptive') return faults
  if (body.temperature !== undefined && body.temperature !== 1) faults.push('/temperature may only be 1 with thinking')
  if (body.top_k !== undefined) faults.push('/top_k must be unset with thinking')
  if (body.top_p !== undefined && Number(body.top_p) < 0.95) faults.push('/top_p must be at least 0.95 with thinking')
  const choice = objectOf(body.tool_choice).type
  if (thinking.type === 'enabled' && (choice === 'any' || choice === 'tool'))
    faults.push('/tool_choice may not force tool use with thinking')
  const last = mergedTurns(body).at(-1)
  // A turn that was paused between the vendor's own tools goes on where it was.
  const isPaused = last?.blocks.some(({ type }) => type === 'server_tool_use')
  if (last?.role === 'assistant' && !isPaused) faults.push(`${last.at}: no prefill with thinking`)
  if (thinking.type === 'enabled') faults.push(...loopRules(body))
  return faults
}

/** In a tool loop under a thinking budget, the step must begin with what was thought. */
const loopRules = (body: Json): readonly string[] => {
  const turns = mergedTurns(body)
  const isLoop = turns.at(-1)?.blocks.some(({ type }) => type === 'tool_result')
  const step = isLoop ? turns.at(-2) : undefined
  const first = step?.blocks[0]?.type
  return step?.role === 'assistant' && first !== 'thinking' && first !== 'redacted_thinking'
    ? [`${step.at}/content/0/type: expected thinking or redacted_thinking, but found ${first}`]
    : []
}

const STRICT_TOOLS_MAX = 20

const toolRules = (body: Json): string[] => {
  const faults: string[] = []
  const strict = listOf(body.tools).filter((tool) => tool.strict === true)
  if (strict.length > STRICT_TOOLS_MAX) faults.push(`/tools: Too many strict tools (${strict.length})`)
  const names = listOf(body.tools).map(({ name }) => name)
  if (new Set(names).size < names.length) faults.push('/tools: tool names must be unique')
  const choice = objectOf(body.tool_choice)
  if (body.tool_choice !== undefined && names.length === 0) faults.push('/tool_choice without tools')
  if (choice.type === 'tool' && !names.includes(choice.name)) faults.push(`/tool_choice/name ${choice.name} is no tool`)
  const format = objectOf(body.output_config).format
  if (isObject(format)) {
    const last = mergedTurns(body).at(-1)
    if (last?.role === 'assistant') faults.push('/output_config/format with a prefill')
  }
  return faults
}

import type { Block, MediaBlock, TextBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Turn } from '../../canon/conversation.ts'
import { parseAssistant } from './parse-assistant.ts'
import { CACHE_FIELDS, cacheOf } from './parse-cache.ts'
import { parseContent } from './parse-parts.ts'
import { isAbsent, type Reader } from './reader.ts'

/** Reads the messages, one turn each, so that each can be written back as it came. */
export const parseTurns = (reader: Reader, messages: readonly unknown[]): readonly Turn[] => {
  const calls = createCallBook()
  const turns: Turn[] = []
  for (const [index, value] of messages.entries()) {
    const pointer = `/messages/${index}`
    const message = reader.object(value, pointer)
    if (message) turns.push(parseTurn(reader, message, pointer, calls))
    else reader.wrong(pointer, 'a message with a role', value)
  }
  return turns
}

/** What was called so far: results are told by the call's id, and legacy ones by the function's name, in order. */
interface CallBook {
  readonly legacyId: () => string
  note(blocks: readonly Block[]): void
  called(id: string): { readonly name: string; readonly form: 'function' | 'custom' } | undefined
  legacyCall(name: string): string
}

const createCallBook = (): CallBook => {
  const calls = new Map<string, { readonly name: string; readonly form: 'function' | 'custom' }>()
  const waiting: { readonly id: string; readonly name: string }[] = []
  let legacy = 0
  return {
    legacyId: () => `call_legacy_${legacy++}`,
    note(blocks) {
      for (const block of blocks) {
        if (block.kind !== 'tool-call') continue
        calls.set(block.id, { name: block.name, form: block.form })
        if (block.id.startsWith('call_legacy_')) waiting.push(block)
      }
    },
    called: (id) => calls.get(id),
    legacyCall(name) {
      const at = waiting.findIndex((call) => call.name === name)
      const [call] = at === -1 ? [] : waiting.splice(at, 1)
      return call?.id ?? `call_legacy_${legacy++}`
    },
  }
}

const COMMON = ['role', 'content', 'name', ...CACHE_FIELDS]
const ASSISTANT_FIELDS: ReadonlySet<string> = new Set([
  ...COMMON,
  'refusal',
  'audio',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  // What answers have and requests need not: clients that keep whole messages send them back.
  'annotations',
  'parsed',
  'prefix',
])
const TOOL_FIELDS: ReadonlySet<string> = new Set([...COMMON, 'tool_call_id'])
const PLAIN_FIELDS: ReadonlySet<string> = new Set(COMMON)

const parseTurn = (reader: Reader, message: JsonObject, pointer: string, calls: CallBook): Turn => {
  const { role } = message
  const name = reader.text(message.name, `${pointer}/name`)
  const turn = { pointer, native: { format: 'openai-chat', value: message } as const }
  if (role === 'tool' || role === 'function') {
    reader.leaveOthers(message, TOOL_FIELDS, pointer)
    return { ...turn, role: 'user', blocks: [parseResult(reader, message, pointer, calls)] }
  }
  const said = { ...turn, ...(name !== undefined && { name }) }
  if (role === 'assistant') {
    reader.leaveOthers(message, ASSISTANT_FIELDS, pointer)
    // Mistral and DeepSeek want to be told that words are to be continued; elsewhere they are when they come last.
    if (message.prefix === true) reader.leave(`${pointer}/prefix`, 'drop')
    const blocks = parseAssistant(reader, message, pointer, calls.legacyId)
    calls.note(blocks)
    return { ...said, role, blocks: marked(reader, blocks, message, pointer) }
  }
  if (role !== 'system' && role !== 'developer' && role !== 'user') {
    reader.wrong(`${pointer}/role`, '"system", "developer", "user", "assistant", "tool" or "function"', role)
    return { ...said, role: 'user', blocks: [] }
  }
  reader.leaveOthers(message, PLAIN_FIELDS, pointer)
  const blocks = parseContent(reader, message.content, `${pointer}/content`)
  if (isAbsent(message.content)) reader.wrong(`${pointer}/content`, 'text or an array of parts', message.content)
  return { ...said, role, blocks: marked(reader, blocks, message, pointer) }
}

/** A mark on a message stands for one on its last part. */
const marked = (reader: Reader, blocks: readonly Block[], message: JsonObject, pointer: string): readonly Block[] => {
  const { cache } = cacheOf(reader, message, pointer)
  const mark = cache && { cache: { pointer: `${pointer}/cache_control`, ...cache } }
  const at = mark ? blocks.findLastIndex(({ kind }) => kind === 'text' || kind === 'media') : -1
  return blocks.map((block, index) =>
    index === at && (block.kind === 'text' || block.kind === 'media') ? { ...block, ...mark } : block,
  )
}

const parseResult = (reader: Reader, message: JsonObject, pointer: string, calls: CallBook): ToolResultBlock => {
  const isLegacy = message.role === 'function'
  const name = reader.text(message.name, `${pointer}/name`)
  const id = isLegacy ? calls.legacyCall(name ?? '') : reader.text(message.tool_call_id, `${pointer}/tool_call_id`)
  if (id === undefined) reader.wrong(`${pointer}/tool_call_id`, 'the id of the call it answers', message.tool_call_id)
  const call = calls.called(id ?? '')
  const toolName = call?.name ?? name
  const content = parseContent(reader, message.content, `${pointer}/content`)
  return {
    kind: 'tool-result',
    callId: id ?? '',
    ...(toolName !== undefined && { name: toolName }),
    form: call?.form ?? 'function',
    content: content.filter(
      (block): block is TextBlock | MediaBlock => block.kind === 'text' || block.kind === 'media',
    ),
    ...cacheOf(reader, message, pointer),
    pointer,
  }
}

import type { Block, Native, Opaque, ToolCallBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { Role, Tool, Turn } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import { fault } from '../../errors.ts'
import { textOf } from '../json.ts'
import { readCallId } from '../shared/call-ids.ts'
import { below } from '../shared/pointers.ts'
import { type Entry, groupTurns } from './group-turns.ts'
import { parseContent, parseOutput } from './parse-content.ts'
import { parseReasoning } from './parse-reasoning.ts'
import { parseTools } from './parse-tools.ts'
import { type Members, membersOf, type Reading } from './reading.ts'
import { FAMILY } from './reasoning-state.ts'
import { typedArguments, typedNameOf, typedOutput } from './typed-tools.ts'
import { isRefusedElsewhere, readable, roleOfVendorItem } from './vendor-items.ts'

const FORMAT = 'openai-responses'

export interface ParsedItems {
  readonly turns: readonly Turn[]
  /** Tools that items brought along. */
  readonly tools: readonly Tool[]
}

/** What earlier items said, for those that refer to them. */
interface Progress {
  readonly reading: Reading
  readonly tools: Tool[]
  readonly names: Map<string, string>
  /** Some clients answer a local shell's call by the item's id. */
  readonly callIds: Map<string, string>
}

/** Reads a list of input items as turns: every run of what a model put out is one turn of the assistant. */
export const parseItems = (items: readonly unknown[], pointer: string, reading: Reading): ParsedItems => {
  const progress: Progress = { reading, tools: [], names: new Map(), callIds: new Map() }
  const entries = items.flatMap((value, index): readonly Entry[] => {
    const item = membersOf(value, below(pointer, index), reading)
    const entry = item && parseItem(item, progress)
    return entry ? [entry] : []
  })
  return { turns: groupTurns(entries), tools: progress.tools }
}

const parseItem = (item: Members, progress: Progress): Entry | undefined => {
  const type = item.text('type') ?? (item.value.role === undefined ? undefined : 'message')
  const native: Native = { format: FORMAT, value: item.value }
  const { reading } = progress
  switch (type) {
    case undefined:
      return reading.fail(item.at('type'), 'the type of an input item')
    case 'message':
      return parseMessage(item, native, reading)
    case 'reasoning': {
      const block = parseReasoning(item, native, reading)
      return block && { kind: 'reasoning', role: 'assistant', blocks: [block], pointer: item.pointer }
    }
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call':
    case 'shell_call':
    case 'apply_patch_call':
      return parseCall(item, type, native, progress)
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
    case 'shell_call_output':
    case 'apply_patch_call_output':
      return parseResult(item, type, native, progress)
    case 'item_reference':
      return reading.refuse(itemNotFound(item))
    default:
      return parseVendorItem(item, type, native, progress)
  }
}

const itemNotFound = (item: Members) => {
  const id = textOf(item.value.id)
  return fault(
    'invalid-request',
    `Item with id '${id}' not found. Items are not kept when \`store\` is false, and only for a while when it is true: send the item itself in \`input\`.`,
    { param: 'input', issue: 'item_not_found' },
  )
}

const isRole = (role: string | undefined): role is Role =>
  role === 'user' || role === 'assistant' || role === 'system' || role === 'developer'

const parseMessage = (item: Members, native: Native, reading: Reading): Entry | undefined => {
  const [role, phase] = [item.text('role'), item.text('phase')]
  const context = { native, ...(phase !== undefined && { phase }) }
  const blocks = parseContent(item.any('content'), item.at('content'), context, reading)
  item.skip('id', 'status')
  item.rest()
  if (!isRole(role)) return reading.fail(item.at('role'), 'one of user, assistant, system, developer')
  return { kind: 'message', role, blocks, pointer: item.pointer, native }
}

const parseCall = (item: Members, type: string, native: Native, progress: Progress): Entry | undefined => {
  const { reading } = progress
  const [callId, itemId] = [callIdOf(item), item.text('id')]
  const typed = typedNameOf(type)
  const id = callId ?? (typed ? itemId : undefined) ?? reading.fail(item.at('call_id'), 'the id of the call')
  const name = typed ?? item.text('name') ?? reading.fail(item.at('name'), 'the name of the tool')
  const form = type === 'custom_tool_call' ? 'custom' : 'function'
  const text = typed ? typedArguments(typed, item.value) : argumentsOf(item, form, reading)
  const namespace = item.text('namespace')
  item.skip('id', 'status', 'created_by', 'action', 'operation', 'environment')
  item.leave(isDirect(item.value.caller) ? 'ignore' : 'drop', 'caller')
  item.rest()
  if (id === undefined || name === undefined) return undefined
  progress.names.set(id, name)
  if (itemId !== undefined) progress.callIds.set(itemId, id)
  const block: ToolCallBlock = {
    kind: 'tool-call',
    id,
    name,
    ...(namespace !== undefined && { namespace }),
    form,
    ...(typed !== undefined && { typed }),
    arguments: text,
    pointer: item.pointer,
    native,
  }
  return { kind: 'call', role: 'assistant', blocks: [block], pointer: item.pointer }
}

/** As the upstream gave it. */
const callIdOf = (item: Members): string | undefined => {
  const given = item.text('call_id')
  return given === undefined ? undefined : readCallId(given)
}

/** Called by the model itself, and not by a program of its. */
const isDirect = (caller: unknown): boolean =>
  typeof caller === 'object' && caller !== null && 'type' in caller && caller.type === 'direct'

const argumentsOf = (item: Members, form: 'function' | 'custom', reading: Reading): string => {
  const member = form === 'custom' ? 'input' : 'arguments'
  return item.text(member) ?? reading.fail(item.at(member), 'a string') ?? ''
}

const parseResult = (item: Members, type: string, native: Native, progress: Progress): Entry | undefined => {
  const { reading } = progress
  const given = callIdOf(item) ?? (type === 'local_shell_call_output' ? item.text('id') : undefined)
  const callId = given ?? reading.fail(item.at('call_id'), 'the id of the call')
  const typed = typedNameOf(type)
  const output = typed ? typedOutput(item.value) : item.any('output')
  const content = parseOutput(output, item.at('output'), { native }, reading)
  const failed = type === 'apply_patch_call_output' && item.value.status === 'failed'
  item.skip('id', 'status', 'created_by', 'output', 'max_output_length')
  item.leave(isDirect(item.value.caller) ? 'ignore' : 'drop', 'caller')
  item.rest()
  if (!typed && output === undefined) reading.fail(item.at('output'), 'a string, or an array of parts')
  if (callId === undefined) return undefined
  const id = progress.names.has(callId) ? callId : (progress.callIds.get(callId) ?? callId)
  const name = progress.names.get(id)
  const block: ToolResultBlock = {
    kind: 'tool-result',
    callId: id,
    ...(name !== undefined && { name }),
    form: type === 'custom_tool_call_output' ? 'custom' : 'function',
    content,
    ...(failed && { isError: true }),
    pointer: item.pointer,
    native,
  }
  return { kind: 'result', role: 'user', blocks: [block], pointer: item.pointer }
}

/** An item that only its vendor understands. Tools that it brings along are declared to every vendor. */
const parseVendorItem = (item: Members, type: string, native: Native, progress: Progress): Entry | undefined => {
  const { reading } = progress
  if (type === 'additional_tools' || type === 'tool_search_output')
    progress.tools.push(...parseTools(item.list('tools') ?? [], item.at('tools'), reading))
  const sealed = type === 'compaction' ? item.text('encrypted_content') : undefined
  const opened = sealed === undefined ? undefined : reading.carriers.open(sealed)
  if (opened === 'damaged') return void reading.losses.declare(item.pointer, 'reasoning_damaged')
  if (!opened && isRefusedElsewhere(type)) reading.leave(item.pointer, 'refuse')
  const opaque: Opaque = opened ?? { family: FAMILY, kind: 'native-block', data: writeJson(item.value) }
  const block: Block = {
    kind: 'vendor',
    type,
    opaque,
    text: readable(item.value),
    pointer: item.pointer,
    ...(!opened && { native }),
  }
  return { kind: 'vendor', role: roleOfVendorItem(item.value), blocks: [block], pointer: item.pointer }
}

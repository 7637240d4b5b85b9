import type { Conversation, ToolChoice } from '../../canon/conversation.ts'
import { objectsOf, textOf } from '../json.ts'
import { below } from '../shared/pointers.ts'
import type { Members, Reading } from './reading.ts'
import { isTypedName } from './typed-tools.ts'

export const parseToolChoice = (
  body: Members,
  reading: Reading,
): Pick<Conversation, 'toolChoice' | 'parallelTools'> => {
  const choice = body.any('tool_choice')
  const value = choice === undefined ? undefined : readChoice(choice, body, reading)
  const parallel = body.flag('parallel_tool_calls')
  return {
    ...(value && { toolChoice: { value, pointer: '/tool_choice' } }),
    ...(parallel !== undefined && { parallelTools: { value: parallel, pointer: '/parallel_tool_calls' } }),
  }
}

const readChoice = (value: unknown, body: Members, reading: Reading): ToolChoice | undefined => {
  const pointer = '/tool_choice'
  if (typeof value === 'string') {
    if (value === 'auto' || value === 'none' || value === 'required') return { kind: value }
    return reading.fail(pointer, 'auto, none, required, or an object')
  }
  const choice = body.object('tool_choice')
  const type = choice?.text('type')
  if (!choice || type === undefined) return reading.fail(below(pointer, 'type'), 'the type of a choice')
  if (type === 'allowed_tools') return readAllowed(choice, reading)
  if (isTypedName(type)) return { kind: 'tool', name: type }
  // A tool of the vendor's is forced, which no other vendor has.
  if (type !== 'function' && type !== 'custom') return void reading.leave(pointer, 'refuse')
  const [name, namespace] = [choice.text('name'), choice.text('namespace')]
  choice.rest()
  if (name === undefined) return reading.fail(choice.at('name'), 'the name of a tool')
  return { kind: 'tool', name, ...(namespace !== undefined && { namespace }) }
}

const readAllowed = (choice: Members, reading: Reading): ToolChoice | undefined => {
  const mode = choice.text('mode')
  const tools = objectsOf(choice.list('tools'))
  if (mode !== 'auto' && mode !== 'required') return reading.fail(choice.at('mode'), 'one of auto, required')
  const names = tools.map((tool) => textOf(tool.name) || textOf(tool.type))
  const isPlain = tools.every(({ type }) => type === 'function' || type === 'custom' || isTypedName(textOf(type)))
  if (!isPlain) return void reading.leave(choice.at('tools'), 'refuse')
  choice.rest()
  return { kind: 'allowed', required: mode === 'required', names }
}

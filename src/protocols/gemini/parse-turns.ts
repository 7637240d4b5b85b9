import type { Block, Opaque, ReasoningBlock } from '../../canon/blocks.ts'
import type { Role, Turn } from '../../canon/conversation.ts'
import { type Entry, type Field, leaveOutRest, membersOf, mistaken, objectsIn, stringIn } from './members.ts'
import { type ParsedBlock, type PartContext, parsePart } from './parse-parts.ts'

/** Old clients sent results as `function`. A content without a role is the user's. */
const ROLES: Readonly<Record<string, Role>> = { user: 'user', model: 'assistant', function: 'user' }
const PARTS = 'an array of parts'

interface ParsedTurn {
  readonly turn: Omit<Turn, 'blocks'>
  readonly parsed: readonly ParsedBlock[]
}

/** `contents` as turns. Those that held nothing but envelopes are joined to what they belong to. */
export const parseContents = (context: PartContext, contents: Field | undefined): readonly Turn[] => {
  let previous: Role = 'user'
  const turns = objectsIn(context.reading, contents, 'an array of contents').map((entry) => {
    const { turn, members } = openTurn(context, entry)
    if (turn.role === 'assistant' && previous !== 'assistant') context.calls.next()
    previous = turn.role
    const parts = objectsIn(context.reading, members.take('parts'), PARTS)
    const parsed = parts.flatMap((part) => parsePart(context, part))
    leaveOutRest(context.reading, members)
    return { turn, parsed }
  })
  return joinThoughts(turns)
}

const openTurn = ({ reading }: PartContext, { value, pointer }: Entry) => {
  const members = membersOf(value, pointer)
  const field = members.take('role')
  const name = stringIn(reading, field) || 'user'
  const role = ROLES[name] ?? mistaken(reading, field?.pointer ?? pointer, '"user" or "model"') ?? 'user'
  const turn: Omit<Turn, 'blocks'> = { role, pointer, native: { format: 'gemini', value } }
  return { turn, members }
}

/** `systemInstruction`, whatever role it gives itself. */
export const parseSystem = (context: PartContext, field: Field | undefined): readonly Turn[] => {
  const { reading } = context
  const [entry] = objectsIn(reading, field, 'an object with parts')
  if (!entry) return []
  const members = membersOf(entry.value, entry.pointer)
  members.take('role')
  const parts = objectsIn(reading, members.take('parts'), PARTS)
  const blocks = parts.flatMap((part) => parsePart(context, part)).map(({ block }) => block)
  leaveOutRest(reading, members)
  return [{ role: 'system', blocks, pointer: entry.pointer, native: { format: 'gemini', value: entry.value } }]
}

/**
 * The state of another vendor's reasoning travels on the call or the text after it, and its text in a thought before,
 * sometimes in a content of its own: here they become one block again.
 */
const joinThoughts = (turns: readonly ParsedTurn[]): readonly Turn[] => {
  const absorbed = new Set<Block>()
  const texts = new Map<Block, string>()
  let waiting: ReasoningBlock[] = []
  for (const { turn, parsed } of turns) {
    if (turn.role !== 'assistant') waiting = []
    for (const { block, carried } of parsed) {
      if (block.kind !== 'reasoning') waiting = []
      else if (block.opaque === undefined) waiting.push(block)
      else {
        if (carried && waiting.length > 0 && holdsThoughts(block.opaque)) {
          texts.set(block, [...waiting, block].map(({ text }) => text).join(''))
          for (const thought of waiting) absorbed.add(thought)
        }
        waiting = []
      }
    }
  }
  return turns.flatMap(({ turn, parsed }): readonly Turn[] => {
    const blocks = parsed
      .filter(({ block }) => !absorbed.has(block))
      .map(({ block }) => (block.kind === 'reasoning' ? { ...block, text: texts.get(block) ?? block.text } : block))
    return blocks.length === 0 && parsed.length > 0 ? [] : [{ ...turn, blocks }]
  })
}

const holdsThoughts = ({ kind }: Opaque): boolean => kind !== 'thought-signature' && kind !== 'native-block'

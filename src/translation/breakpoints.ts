import type { Block, CacheMark } from '../canon/blocks.ts'
import type { Conversation, Tool, ToolChoice, Turn } from '../canon/conversation.ts'
import type { WireFormat } from '../canon/operation.ts'
import type { Profile } from '../canon/profile.ts'

/** What decides where a model's prompt may be marked. */
export type MarkingProfile = Pick<Profile, 'cacheMarks' | 'cacheTtlHour' | 'cacheMarksOnTools'>

/**
 * Marks a conversation for the vendor's prompt cache where its client did not: at most the last tool, the end of the
 * system prompt, and the last block of each of the user's last two turns, which is the order in which a prompt is cached
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). The turn before the last is where the request
 * before this one ended, so what that one wrote is found however much was added since: a vendor looks back only twenty
 * blocks. Nothing but marks is added, and which block a turn is marked on depends on that turn and the calls it answers.
 *
 * The conversation itself comes back where its client marked anything or could have (Messages), where it told OpenAI to
 * cache explicit marks only, and where the model takes no marks. Meant for an upstream of another format: written back in
 * its own, a conversation is as its client wrote it. A lifetime the model has not is left out, so no loss comes of it.
 */
export const placeBreakpoints = (
  conversation: Conversation,
  profile: MarkingProfile,
  ttl: CacheMark['ttl'],
): Conversation => {
  if (profile.cacheMarks !== 'cache_control' || !FORMATS.has(conversation.format)) return conversation
  if (decidesItself(conversation)) return conversation
  const mark: CacheMark = { ttl: ttl === '1h' && profile.cacheTtlHour ? '1h' : undefined }
  const marksTools = profile.cacheMarksOnTools !== false
  return {
    ...conversation,
    tools: marksTools ? withLastMarked(conversation.tools, conversation.toolChoice?.value, mark) : conversation.tools,
    turns: withMarks(conversation.turns, placesIn(conversation.turns, marksTools), mark),
  }
}

/** Formats that have no marks, or marks of another vendor that next to no client places. */
const FORMATS: ReadonlySet<WireFormat> = new Set(['openai-chat', 'openai-responses', 'gemini', 'openai-completions'])

const decidesItself = ({ settings, tools, turns, native }: Conversation): boolean =>
  settings.cache !== undefined ||
  isExplicit(native.value.prompt_cache_options) ||
  tools.some(({ cache }) => cache) ||
  turns.some(({ blocks }) => blocks.some(isMarked))

const isExplicit = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && 'mode' in options && options.mode === 'explicit'

const isMarked = (block: Block): boolean =>
  ('cache' in block && block.cache !== undefined) || (block.kind === 'tool-result' && block.content.some(isMarked))

/** Tools that may not be called are not sent, and those the vendor runs itself take no mark everywhere. */
const withLastMarked = (tools: readonly Tool[], choice: ToolChoice | undefined, cache: CacheMark): readonly Tool[] => {
  const names = choice?.kind === 'allowed' ? new Set(choice.names) : undefined
  const at = tools.findLastIndex(({ kind, name }) => kind !== 'hosted' && (names?.has(name) ?? true))
  const tool = tools[at]
  return tool ? tools.with(at, { ...tool, cache }) : tools
}

/** Indices of a turn and of a block in it. */
interface Place {
  readonly turn: number
  readonly block: number
}

const USER_PLACES_MAX = 2

/** From the last to the first. What the user says until the assistant's next turn is one turn, however many there are. */
const placesIn = (turns: readonly Turn[], marksTools: boolean): readonly Place[] => {
  const first = turns.findIndex(({ role }) => role === 'user' || role === 'assistant')
  const begin = first === -1 ? turns.length : first
  const places: Place[] = []
  let end = turns.length
  for (let at = end - 1; at >= begin - 1 && places.length < USER_PLACES_MAX; at--) {
    if (at >= begin && turns[at]?.role !== 'assistant') continue
    const place = lastProse(turns, at + 1, end, isUser) ?? (marksTools ? lastResult(turns, at + 1, end) : undefined)
    if (place) places.push(place)
    end = at
  }
  const system = lastProse(turns, 0, begin, () => true)
  return system ? [...places, system] : places
}

const isUser = ({ role }: Turn): boolean => role === 'user'

/** Text with something in it, or media: it stands behind the results, wherever the client put it. */
const lastProse = (
  turns: readonly Turn[],
  begin: number,
  end: number,
  isWanted: (turn: Turn) => boolean,
): Place | undefined => {
  for (let turn = end - 1; turn >= begin; turn--) {
    const said = turns[turn]
    const block = said && isWanted(said) ? said.blocks.findLastIndex(isProse) : -1
    if (block !== -1) return { turn, block }
  }
  return undefined
}

const isProse = (block: Block): boolean => block.kind === 'media' || (block.kind === 'text' && block.text.trim() !== '')

/** Results are sent in the order of their calls: the last is that of the last call. */
const lastResult = (turns: readonly Turn[], begin: number, end: number): Place | undefined => {
  const results = new Map<string, Place>()
  for (let turn = begin; turn < end; turn++) {
    for (const [block, result] of turns[turn]?.blocks.entries() ?? [])
      if (result.kind === 'tool-result') results.set(result.callId, { turn, block })
  }
  if (results.size === 0) return undefined
  for (let turn = begin - 1; turns[turn]?.role === 'assistant'; turn--) {
    const call = turns[turn]?.blocks.findLast((block) => block.kind === 'tool-call' && results.has(block.id))
    if (call?.kind === 'tool-call') return results.get(call.id)
  }
  return [...results.values()].at(-1)
}

const withMarks = (turns: readonly Turn[], places: readonly Place[], cache: CacheMark): readonly Turn[] => {
  const marked = [...turns]
  for (const { turn: at, block } of places) {
    const turn = marked[at]
    if (turn)
      marked[at] = { ...turn, blocks: turn.blocks.map((one, index) => (index === block ? withMark(one, cache) : one)) }
  }
  return marked
}

const withMark = (block: Block, cache: CacheMark): Block =>
  block.kind === 'text' || block.kind === 'media' || block.kind === 'tool-result' ? { ...block, cache } : block

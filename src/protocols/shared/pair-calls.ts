import type { Block, TextBlock, ToolCallBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import { declareRenamed } from './call-ids.ts'
import { mergeTurns, withBlocks } from './merge-turns.ts'

const MISSING = 'The tool call was interrupted: it has no result.'

/** A call of an earlier turn, and what came of it. */
interface Pair {
  readonly call: ToolCallBlock
  readonly turnIndex: number
  /** Unique in the conversation: some vendors count from `call_0` in every answer. */
  readonly id: string
  result?: ToolResultBlock
  /** Where the result stands, and whether anything but results stands between. */
  source?: Turn
  isApart?: boolean
}

interface Pairing {
  /** By the turn that makes them, in order. */
  readonly byTurn: ReadonlyMap<number, readonly Pair[]>
  readonly byCall: ReadonlyMap<Block, Pair>
  readonly byResult: ReadonlyMap<Block, Pair>
}

/**
 * Puts the results of each step's calls right behind it, in the order of the calls and before anything else. A result of
 * no call becomes text of the user, a call without a result gets one that says so, of several results the last counts,
 * and an id that came before is made unique.
 */
export const pairCalls = (turns: readonly Turn[], losses: Losses): readonly Turn[] => {
  const steps = mergeTurns(turns, losses, (earlier) => earlier.role === 'assistant' && earlier.blocks.some(isCall))
  const pairing = pair(steps)
  const settled = steps.map((turn) => settle(turn, pairing, losses))
  const inPlace = new Set<Block>()
  for (const [turnIndex, pairs] of pairing.byTurn)
    if (followInOrder(settled, turnIndex, pairs)) for (const { result } of pairs) if (result) inPlace.add(result)
  const given = new Set(turns)
  const paired = rebuilt(settled, pairing, inPlace, losses)
  // A turn whose results all went elsewhere goes too, one that never had a block is no matter of calls.
  return paired.filter((turn) => turn.blocks.length > 0 || given.has(turn))
}

const isCall = (block: Block): block is ToolCallBlock => block.kind === 'tool-call'

/** The calls of one id in one step, and the first of them that has no result. */
interface SameId {
  readonly pairs: Pair[]
  next: number
}

/** Which result belongs to which call: the latest before it with its id, since ids may come again in later steps. */
const pair = (steps: readonly Turn[]): Pairing => {
  const byTurn = new Map<number, Pair[]>()
  const byCall = new Map<Block, Pair>()
  const byResult = new Map<Block, Pair>()
  const open = new Map<string, SameId>()
  const unique = uniqueIds()
  /** By turn, how many blocks that are no results stand before its end. */
  const othersUntil: number[] = []
  let others = 0
  for (const [turnIndex, turn] of steps.entries()) {
    for (const block of turn.blocks) {
      if (block.kind !== 'tool-result') others++
      if (block.kind === 'tool-result') {
        const same = open.get(block.callId)
        const found = same?.pairs[same.next] ?? same?.pairs.at(-1)
        if (same === undefined || found === undefined) continue
        same.next++
        Object.assign(found, {
          result: block,
          source: turn,
          isApart: others > (othersUntil[found.turnIndex] ?? others),
        })
        byResult.set(block, found)
      } else if (block.kind === 'tool-call' && turn.role === 'assistant') {
        const made: Pair = { call: block, turnIndex, id: unique(block.id) }
        byCall.set(block, made)
        listIn(byTurn, turnIndex).push(made)
        const same = open.get(block.id)
        if (same?.pairs[0]?.turnIndex === turnIndex) same.pairs.push(made)
        else open.set(block.id, { pairs: [made], next: 0 })
      }
    }
    othersUntil.push(others)
  }
  return { byTurn, byCall, byResult }
}

const listIn = (lists: Map<number, Pair[]>, key: number): Pair[] => {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

/** Gives an id that came before another ending. Depends only on what came before, so that prefixes stay as they are. */
const uniqueIds = (): ((id: string) => string) => {
  const used = new Set<string>()
  const next = new Map<string, number>()
  return (id) => {
    let made = id
    let count = next.get(id) ?? 2
    while (used.has(made)) made = `${id}_${count++}`
    next.set(id, count)
    used.add(made)
    return made
  }
}

/** The turn with its calls under unique ids, results of no call as text, and only the results that count. */
const settle = (turn: Turn, { byCall, byResult }: Pairing, losses: Losses): Turn => {
  let changed = false
  const blocks = turn.blocks.flatMap((block): readonly Block[] => {
    if (block.kind === 'tool-call') {
      const made = byCall.get(block)
      if (made === undefined || made.id === block.id) return [block]
      changed = true
      declareRenamed(block, made.id, losses)
      return [{ ...block, id: made.id }]
    }
    if (block.kind !== 'tool-result') return [block]
    const made = byResult.get(block)
    if (made?.result === block) return [block]
    changed = true
    losses.declare(block.pointer, made ? 'unsupported' : 'approximated')
    return made ? [] : asText(block)
  })
  return changed ? withBlocks(turn, blocks) : turn
}

const asText = (result: ToolResultBlock): readonly Block[] => {
  const of = result.name === undefined ? '' : ` of ${result.name}`
  const label = `${result.isError ? 'Error' : 'Result'}${of} from a tool call that is not part of this conversation:`
  const [first, ...rest] = result.content
  const pointer = result.pointer === undefined ? {} : { pointer: result.pointer }
  const labelled: TextBlock = {
    kind: 'text',
    text: first?.kind === 'text' ? `${label}\n${first.text}` : label,
    ...pointer,
  }
  const marked = result.cache ? { ...labelled, cache: result.cache } : labelled
  return [marked, ...(first?.kind === 'text' ? rest : result.content)]
}

/** Whether the user's blocks after a step begin with exactly its results, in order. */
const followInOrder = (settled: readonly Turn[], turnIndex: number, pairs: readonly Pair[]): boolean => {
  let at = turnIndex + 1
  let within = 0
  for (const { result } of pairs) {
    while (settled[at]?.role === 'user' && within >= (settled[at]?.blocks.length ?? 0)) {
      at++
      within = 0
    }
    const turn = settled[at]
    if (turn?.role !== 'user' || result === undefined || turn.blocks[within] !== result) return false
    within++
  }
  return true
}

const rebuilt = (
  settled: readonly Turn[],
  { byTurn, byResult }: Pairing,
  inPlace: ReadonlySet<Block>,
  losses: Losses,
): readonly Turn[] => {
  const out: Turn[] = []
  for (const [index, turn] of settled.entries()) {
    const blocks = turn.blocks.flatMap((block): readonly Block[] => {
      if (block.kind !== 'tool-result') return [block]
      const made = byResult.get(block)
      return inPlace.has(block) && made ? [withCallId(block, made.id)] : []
    })
    const isSame = blocks.length === turn.blocks.length && blocks.every((block, at) => block === turn.blocks[at])
    if (isSame) out.push(turn)
    else if (blocks.length > 0) out.push(withBlocks(turn, blocks))
    const pairs = byTurn.get(index) ?? []
    if (!pairs.every(({ result }) => result !== undefined && inPlace.has(result))) {
      out.push(resultsTurn(turn, pairs, losses))
    }
  }
  return out
}

/** A turn of the user that holds nothing but the results of one step. */
const resultsTurn = (step: Turn, pairs: readonly Pair[], losses: Losses): Turn => {
  const blocks = pairs.map(({ call, id, result, isApart }): ToolResultBlock => {
    if (result === undefined) losses.declare(call.pointer, 'added')
    else if (isApart) losses.declare(result.pointer, 'moved')
    return result === undefined ? missing(call, id) : withCallId(result, id)
  })
  return { role: 'user', blocks, pointer: pairs.find(({ source }) => source)?.source?.pointer ?? step.pointer }
}

const withCallId = (result: ToolResultBlock, id: string): ToolResultBlock =>
  result.callId === id ? result : { ...result, callId: id }

const missing = (call: ToolCallBlock, id: string): ToolResultBlock => ({
  kind: 'tool-result',
  callId: id,
  name: call.name,
  form: call.form,
  content: [{ kind: 'text', text: MISSING }],
  isError: true,
})

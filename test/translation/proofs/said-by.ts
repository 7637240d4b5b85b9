import type { Answer } from '../../../src/canon/answer.ts'
import type { Block } from '../../../src/canon/blocks.ts'
import type { Format } from './lanes.ts'

/**
 * What an answer says to a client of a format. Calls of one that met its output limit do not count, nor does state that
 * stands on them: the last may have been cut, and a whole answer that has no place for half a call leaves it out.
 */
export const saidBy = (client: Format, { blocks, stop, usage, error }: Answer) => {
  const kept = stop.reason === 'output-limit' ? blocks.flatMap(withoutCalls) : blocks.map(compact)
  const told = kept.filter((block) => block.kind !== 'text' || block.text !== '' || block.opaque)
  return { blocks: asMessage(client, told), stop, usage, error: error?.kind }
}

const withoutCalls = (block: Block): readonly Block[] => {
  if (block.kind === 'tool-call') return []
  if (block.kind === 'reasoning') return block.text === '' ? [] : [{ kind: 'reasoning', text: block.text }]
  return [block.kind === 'text' ? { kind: 'text', text: block.text } : block]
}

/** Arguments compare as values: white space in them means nothing, and formats that carry objects lose it. */
const compact = (block: Block): Block => {
  if (block.kind !== 'tool-call') return block
  try {
    return { ...block, arguments: JSON.stringify(JSON.parse(block.arguments === '' ? '{}' : block.arguments)) }
  } catch {
    return block
  }
}

/** Gemini's parts of one text may be many. */
const asMessage = (client: Format, blocks: readonly Block[]): readonly unknown[] => {
  if (client === 'openai-chat') return asChatMessage(blocks)
  const merged: Block[] = []
  for (const block of blocks) {
    const last = merged.at(-1)
    if (client === 'gemini' && block.kind === 'text' && last?.kind === 'text')
      merged[merged.length - 1] = { ...last, ...block, text: last.text + block.text }
    else merged.push(block)
  }
  return merged
}

/** A message of Chat has no order between its members, and one text of each kind. */
const asChatMessage = (blocks: readonly Block[]): readonly unknown[] => {
  const texts = (kind: 'reasoning' | 'text'): string =>
    blocks.map((block) => (block.kind === kind ? block.text : '')).join('')
  const states = blocks.flatMap((block) =>
    block.kind === 'reasoning' && block.opaque?.kind === 'reasoning-details' ? [block.opaque.data] : [],
  )
  return [texts('reasoning'), states, texts('text'), ...blocks.filter(({ kind }) => kind === 'tool-call')]
}

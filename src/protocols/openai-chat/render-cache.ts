import type { Block } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Tool, Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { type Markable, MARKS_MAX, markPointer } from '../shared/cache-marks.ts'

/** The nodes whose mark is written, each with the fields it becomes. */
export type Marks = ReadonlyMap<Markable, JsonObject>

/** Chooses among all marks of a request, in the order in which a prompt is cached: tools, then turns. */
export const chooseMarks = (
  tools: readonly Tool[],
  turns: readonly Turn[],
  profile: Profile,
  losses: Losses,
): Marks => {
  const found: Markable[] = []
  const add = (node: Markable, isTaken = true): void => {
    if (!node.cache) return
    if (isTaken) found.push(node)
    else losses.declare(markPointer(node), 'unsupported')
  }
  // Tools take marks in one dialect only, and calls in none.
  for (const tool of tools) add(tool, profile.cacheMarks === 'cache_control' && tool.kind !== 'hosted')
  for (const { blocks } of turns) for (const block of blocks) addBlock(block, add)
  const kept = profile.cacheMarks === 'none' ? [] : found.slice(-MARKS_MAX)
  for (const node of found.slice(0, found.length - kept.length)) losses.declare(markPointer(node), 'unsupported')
  return new Map(kept.map((node) => [node, fieldsOf(node, profile, losses)]))
}

const fieldsOf = (node: Markable, profile: Profile, losses: Losses): JsonObject => {
  const isHour = node.cache?.ttl === '1h'
  const keepsHour = profile.cacheMarks === 'cache_control' && profile.cacheTtlHour
  if (isHour && !keepsHour) losses.declare(markPointer(node), 'approximated')
  return profile.cacheMarks === 'cache_control'
    ? { cache_control: { type: 'ephemeral', ...(isHour && keepsHour && { ttl: '1h' }) } }
    : { prompt_cache_breakpoint: { mode: 'explicit' } }
}

const addBlock = (block: Block, add: (node: Markable, isTaken?: boolean) => void): void => {
  if (block.kind === 'text' || block.kind === 'media') add(block)
  else if (block.kind === 'tool-call') add(block, false)
  else if (block.kind === 'tool-result') {
    for (const part of block.content) add(part)
    add(block)
  }
}

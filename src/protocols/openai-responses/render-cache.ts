import type { Tool, Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { type Markable, MARKS_MAX, markPointer } from '../shared/cache-marks.ts'

/** The nodes whose mark is written. */
export type Marks = ReadonlySet<Markable>

/** Chooses the marks of a request. Only what comes in takes one here: not tools, calls, or what the assistant said. */
export const chooseMarks = (
  tools: readonly Tool[],
  turns: readonly Turn[],
  { cacheMarks }: Profile,
  losses: Losses,
): Marks => {
  const lose = (node: Markable): void => {
    if (node.cache) losses.declare(markPointer(node), 'unsupported')
  }
  for (const tool of tools) lose(tool)
  const found: Markable[] = []
  for (const { role, blocks } of turns)
    for (const block of blocks) {
      const nodes: readonly Markable[] = block.kind === 'tool-result' ? [...block.content, block] : [block]
      const takes = role !== 'assistant' && block.kind !== 'tool-call' && cacheMarks === 'prompt_cache_breakpoint'
      for (const node of nodes) {
        if (takes && node.cache) found.push(node)
        else lose(node)
      }
    }
  for (const node of found.slice(0, -MARKS_MAX)) lose(node)
  const kept = found.slice(-MARKS_MAX)
  for (const node of kept) if (node.cache?.ttl === '1h') losses.declare(markPointer(node), 'approximated')
  return new Set(kept)
}

/** The mark as a member of a part. */
export const markOf = (
  node: Markable,
  marks: Marks,
): { readonly prompt_cache_breakpoint?: { readonly mode: 'explicit' } } =>
  marks.has(node) ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}

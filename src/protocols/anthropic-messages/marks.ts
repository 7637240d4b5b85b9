import type { CacheMark } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { type Markable, MARKS_MAX, markPointer } from '../shared/cache-marks.ts'

/** A JSON object that is still being written. */
export type Draft = Record<string, unknown>

interface Marked {
  readonly holder: Draft
  readonly mark: CacheMark
  readonly pointer: string | undefined
}

/** Gathers the cache marks of a request in the order the vendor reads it: tools, system, messages. */
export interface Marks {
  /** Puts a node's mark on what is written of it. */
  put(holder: Draft, node: Markable): void
  /** Writes the last four, which reach furthest; a mark on the whole request counts as the last. */
  settle(): void
}

/** What is said and shown; the others are tools, calls, results, and the request, which may end in a result. */
const PROSE: ReadonlySet<unknown> = new Set(['text', 'image', 'document'])

const takesMark = ({ type }: Draft, { cacheMarks, cacheMarksOnTools }: Profile): boolean =>
  cacheMarks === 'cache_control' && (cacheMarksOnTools !== false || PROSE.has(type))

export const createMarks = (profile: Profile, losses: Losses): Marks => {
  const marked: Marked[] = []
  return {
    put(holder, node) {
      const mark = node.cache
      if (!mark) return
      const pointer = markPointer(node)
      if (takesMark(holder, profile)) marked.push({ holder, mark, pointer })
      else losses.declare(pointer, 'unsupported')
    },
    settle() {
      for (const { pointer } of marked.slice(0, -MARKS_MAX)) losses.declare(pointer, 'unsupported')
      for (const { holder, mark, pointer } of marked.slice(-MARKS_MAX)) {
        const hour = mark.ttl === '1h' && profile.cacheTtlHour
        if (mark.ttl === '1h' && !hour) losses.declare(pointer, 'approximated')
        const ttl = hour ? { ttl: '1h' } : mark.ttl === '5m' ? { ttl: '5m' } : {}
        holder.cache_control = { type: 'ephemeral', ...ttl }
      }
    },
  }
}

import type { CacheMark } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'

/** More than these are refused, wherever they stand. */
const MARKS_MAX = 4

/** A JSON object that is still being written. */
export type Draft = Record<string, unknown>

interface Marked {
  readonly holder: Draft
  readonly mark: CacheMark
  readonly pointer: string
}

/** Gathers the cache marks of a request in the order the vendor reads it: tools, system, messages. */
export interface Marks {
  put(holder: Draft, mark: CacheMark | undefined, pointer: string | undefined): void
  /** Writes the last four, which reach furthest; a mark on the whole request counts as the last. */
  settle(): void
}

export const createMarks = (profile: Profile, losses: Losses): Marks => {
  const marked: Marked[] = []
  return {
    put(holder, mark, pointer = '') {
      if (!mark) return
      if (profile.cacheMarks === 'cache_control') marked.push({ holder, mark, pointer })
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

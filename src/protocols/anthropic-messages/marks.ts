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
  /**
   * Writes the last four into what was written, which reach furthest; a mark on the whole request counts as the last. One
   * that is to last an hour lasts five minutes behind one that lasts five, where blocks had to change places.
   */
  settle(body: Draft): void
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
    settle(body) {
      const place = new Map(holdersIn(body).map((holder, index) => [holder, index]))
      const placed = marked
        .filter(({ holder }) => place.has(holder))
        .toSorted((one, other) => (place.get(one.holder) ?? 0) - (place.get(other.holder) ?? 0))
      for (const { pointer } of placed.slice(0, -MARKS_MAX)) losses.declare(pointer, 'unsupported')
      let isBehindShort = false
      for (const { holder, mark, pointer } of placed.slice(-MARKS_MAX)) {
        // "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
        const hour: boolean = mark.ttl === '1h' && profile.cacheTtlHour && !isBehindShort
        isBehindShort ||= !hour
        if (mark.ttl === '1h' && !hour) losses.declare(pointer, 'approximated')
        const ttl = hour ? { ttl: '1h' } : mark.ttl === '5m' ? { ttl: '5m' } : {}
        holder.cache_control = { type: 'ephemeral', ...ttl }
      }
    },
  }
}

/** Everything that can hold a mark, in the order in which it is read: a result behind what it contains, the request last. */
const holdersIn = (body: Draft): readonly Draft[] => [
  ...listOf(body.tools),
  ...listOf(body.system),
  ...listOf(body.messages)
    .flatMap(({ content }) => listOf(content))
    .flatMap((block) => [...listOf(block.content), block]),
  body,
]

/** The very objects, as marks are written into them. */
const listOf = (value: unknown): readonly Draft[] => (Array.isArray(value) ? (value as readonly Draft[]) : [])

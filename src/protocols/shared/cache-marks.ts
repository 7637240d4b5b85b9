import type { CacheMark } from '../../canon/blocks.ts'

/** Whatever may ask for everything up to it to be remembered: a tool, a block, a part of a result. */
export interface Markable {
  readonly cache?: CacheMark
  readonly pointer?: string
}

/** Anthropic takes four marks, OpenAI as many breakpoints. The last ones cover the most. */
export const MARKS_MAX = 4

/** Where in the client's body a node's mark stands. */
export const markPointer = ({ cache, pointer }: Markable): string | undefined =>
  cache?.pointer ?? (pointer === undefined ? undefined : `${pointer}/cache_control`)

/** OpenAI's retention that every cache has which is not asked for more, in either of its spellings. */
export const isKeptBriefly = (retention: unknown): boolean => retention === 'in_memory' || retention === 'in-memory'

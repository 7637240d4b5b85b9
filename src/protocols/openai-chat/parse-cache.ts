import type { CacheMark } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { isAbsent, type Reader } from './reader.ts'

/** Reads a `cache_control` object, which servers in front of Claude take over from it. */
export const parseCacheMark = (reader: Reader, value: unknown, pointer: string): CacheMark | undefined => {
  const mark = reader.object(value, pointer)
  if (!mark) return undefined
  reader.leaveOthers(mark, new Set(['type', 'ttl']), pointer)
  const ttl = reader.text(mark.ttl, `${pointer}/ttl`)
  return { ttl: ttl === '5m' || ttl === '1h' ? ttl : undefined }
}

/** The mark on a part, a message or a tool, in either dialect. */
export const cacheOf = (reader: Reader, holder: JsonObject, pointer: string): { readonly cache?: CacheMark } => {
  if (!isAbsent(holder.cache_control)) {
    const cache = parseCacheMark(reader, holder.cache_control, `${pointer}/cache_control`)
    return cache ? { cache } : {}
  }
  if (isAbsent(holder.prompt_cache_breakpoint)) return {}
  return { cache: { ttl: undefined, pointer: `${pointer}/prompt_cache_breakpoint` } }
}

export const CACHE_FIELDS = ['cache_control', 'prompt_cache_breakpoint'] as const

import type { MediaBlock } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import { isObject } from '../json.ts'
import { below } from './pointers.ts'

/** What is said of media beside its content, and what each format calls it. */
const NAMES = {
  filename: ['filename', 'displayName', 'display_name'],
  title: ['title'],
  context: ['context', 'source'],
  citationsEnabled: ['citations'],
  detail: ['detail', 'mediaResolution', 'media_resolution'],
} as const satisfies Partial<Record<keyof MediaBlock, readonly string[]>>
type MediaField = keyof typeof NAMES

/** The pointer of the field that the client said it in: on the block, or one level deeper; the block's own elsewhere. */
export const mediaField = ({ pointer, native }: MediaBlock, field: MediaField): string | undefined => {
  if (pointer === undefined || native === undefined) return pointer
  const names: readonly string[] = NAMES[field]
  const isSaid = (value: unknown): boolean => (field === 'context' ? typeof value === 'string' : value !== undefined)
  const holders = [
    ['', native.value] as const,
    ...Object.entries(native.value).filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1])),
  ]
  for (const [holder, members] of holders)
    for (const name of names)
      if (isSaid(members[name])) return below(holder === '' ? pointer : below(pointer, holder), name)
  return pointer
}

/** Declares what was said of media and the target has no word for, each field by itself. */
export const declareMediaFields = (block: MediaBlock, fields: readonly MediaField[], losses: Losses): void => {
  for (const field of fields)
    if (block[field] !== undefined && block[field] !== false) losses.declare(mediaField(block, field), 'unsupported')
}

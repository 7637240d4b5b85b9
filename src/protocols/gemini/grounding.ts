import { Buffer } from 'node:buffer'
import type { Citation } from '../../canon/blocks.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'

/** Text of an answer that a citation may stand on: a block, and where in it `text` begins. */
export interface CitedText {
  readonly key: number
  readonly text: string
  readonly offset: number
}

export interface PlacedCitation {
  readonly key: number | undefined
  readonly citation: Citation
}

/**
 * Reads `groundingMetadata`. Its segments count bytes of UTF-8 in a part, and in streams in all parts so far, which only
 * the quoted text tells apart: a segment that is nowhere found is a citation without a place.
 */
export const citationsOf = (
  metadata: JsonObject,
  parts: readonly (CitedText | undefined)[],
  blocks: readonly CitedText[],
): readonly PlacedCitation[] => {
  const chunks = objectsOf(metadata.groundingChunks)
  return objectsOf(metadata.groundingSupports).flatMap((support) => {
    const segment = objectOf(support.segment)
    const place = placeOf(segment, parts, blocks)
    const indices: readonly unknown[] = Array.isArray(support.groundingChunkIndices)
      ? support.groundingChunkIndices
      : []
    return indices.flatMap((index): readonly PlacedCitation[] => {
      const chunk = typeof index === 'number' ? chunks[index] : undefined
      if (!chunk) return []
      const range = place ? { start: place.start, end: place.end } : {}
      return [{ key: place?.key, citation: { ...sourceOf(chunk), ...range } }]
    })
  })
}

const sourceOf = (chunk: JsonObject): Citation => {
  const source = objectOf(chunk.web ?? chunk.retrievedContext ?? chunk.maps)
  const url = textOf(source.uri)
  const title = textOf(source.title)
  const citedText = textOf(source.text)
  return { ...(url && { url }), ...(title && { title }), ...(citedText && { citedText }) }
}

interface Place {
  readonly key: number
  readonly start: number
  readonly end: number
}

const indexOf = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0)

const placeOf = (
  segment: JsonObject,
  parts: readonly (CitedText | undefined)[],
  blocks: readonly CitedText[],
): Place | undefined => {
  const start = indexOf(segment.startIndex)
  const end = indexOf(segment.endIndex)
  const quoted = textOf(segment.text)
  const part = parts[indexOf(segment.partIndex)]
  for (const candidate of [...(part ? [part] : []), ...blocks.toReversed()]) {
    const range = rangeOf(candidate, start, end)
    if (range && (quoted === '' || candidate.text.slice(range.start, range.end) === quoted))
      return shifted(candidate, range)
  }
  for (const block of quoted === '' ? [] : blocks.toReversed()) {
    const at = block.text.indexOf(quoted)
    if (at !== -1) return shifted(block, { start: at, end: at + quoted.length })
  }
  return undefined
}

interface Range {
  readonly start: number
  readonly end: number
}

const shifted = ({ key, offset }: CitedText, { start, end }: Range): Place => ({
  key,
  start: offset + start,
  end: offset + end,
})

/** Bytes of UTF-8 as UTF-16 units; `undefined` where there are not as many. */
const rangeOf = ({ text }: CitedText, start: number, end: number): Range | undefined => {
  const bytes = Buffer.from(text)
  if (end <= start || end > bytes.length) return undefined
  return { start: bytes.toString('utf8', 0, start).length, end: bytes.toString('utf8', 0, end).length }
}

/** Citations of one block of text, of the part `partIndex`, to be written into `groundingMetadata`. */
export interface CitedPart {
  readonly partIndex: number
  readonly text: string
  readonly citations: readonly Citation[]
}

/** Writes `groundingMetadata`; `undefined` when nothing is cited. */
export const renderGrounding = (cited: readonly CitedPart[]): JsonObject | undefined => {
  const groundingChunks: JsonObject[] = []
  const known = new Map<string, number>()
  const supports = new Map<string, { readonly segment: JsonObject; readonly groundingChunkIndices: number[] }>()
  for (const { partIndex, text, citations } of cited) {
    for (const citation of citations) {
      const chunk = chunkOf(citation)
      const name = JSON.stringify(chunk)
      const index = known.get(name) ?? groundingChunks.push(chunk) - 1
      known.set(name, index)
      const segment = segmentOf(citation, text, partIndex)
      if (!segment) continue
      const place = JSON.stringify(segment)
      const support = supports.get(place) ?? { segment, groundingChunkIndices: [] }
      if (!support.groundingChunkIndices.includes(index)) support.groundingChunkIndices.push(index)
      supports.set(place, support)
    }
  }
  if (groundingChunks.length === 0) return undefined
  return { groundingChunks, ...(supports.size > 0 && { groundingSupports: [...supports.values()] }) }
}

const chunkOf = ({ url, title, citedText }: Citation): JsonObject =>
  url === undefined
    ? {
        retrievedContext: {
          ...(title !== undefined && { title }),
          ...(citedText !== undefined && { text: citedText }),
        },
      }
    : { web: { uri: url, ...(title !== undefined && { title }) } }

const segmentOf = ({ start = 0, end }: Citation, text: string, partIndex: number): JsonObject | undefined => {
  if (end === undefined || end <= start || end > text.length) return undefined
  const startIndex = Buffer.byteLength(text.slice(0, start))
  const quoted = text.slice(start, end)
  return {
    ...(partIndex > 0 && { partIndex }),
    ...(startIndex > 0 && { startIndex }),
    endIndex: startIndex + Buffer.byteLength(quoted),
    text: quoted,
  }
}

import { Buffer } from 'node:buffer'

import type { Member, Scan, Splice } from './scan.ts'

/**
 * Cuts and replaces: each splice puts its text in place of `bytes[start, end)`. They may come in any order; at one
 * place insertions keep theirs. All other bytes are copied as they are. Returns `bytes` itself when there is nothing
 * to do. Throws `RangeError` when splices overlap or leave the body: whoever made them is wrong.
 */
export const applySplices = (bytes: Uint8Array, splices: readonly Splice[]): Uint8Array => {
  if (splices.length === 0) return bytes
  const sorted = [...splices].sort((one, other) => one.start - other.start || one.end - other.end)
  let length = bytes.length
  let reached = 0
  for (const { start, end, text } of sorted) {
    if (start < reached || end < start || end > bytes.length)
      throw new RangeError(`splice [${start}, ${end}) of ${bytes.length} bytes`)
    length += Buffer.byteLength(text) - (end - start)
    reached = end
  }
  const spliced = Buffer.allocUnsafeSlow(length)
  let from = 0
  let to = 0
  for (const { start, end, text } of sorted) {
    spliced.set(bytes.subarray(from, start), to)
    to += start - from
    to += spliced.write(text, to)
    from = end
  }
  spliced.set(bytes.subarray(from), to)
  return spliced
}

/** What to do to the members of an object. Values are JSON text. */
export interface Edits {
  /** Replaces the member's value, or adds the member at the end. */
  readonly set?: Readonly<Record<string, string>>
  /** Members to add before all others; they must not be there yet. */
  readonly prepend?: Readonly<Record<string, string>>
  /** Removed with their commas; what is not there is ignored. */
  readonly remove?: readonly string[]
}

/** The splices that make these edits, commas included. A key is either set or removed, not both. */
export const editMembers = (scan: Scan, edits: Edits): Splice[] => {
  if (isLeftAsItIs(scan, edits)) return []
  const present = [...scan.members.values()]
  const removed = new Set(edits.remove)
  const kept = present.filter(({ key }) => !removed.has(key)).length
  const set = Object.entries(edits.set ?? {})
  const replaced = set.flatMap(([key, text]) => {
    const member = scan.members.get(key)
    return member ? [replaceValue(member, text)] : []
  })
  const added = set.filter(([key]) => !scan.members.has(key))
  const prepended = Object.entries(edits.prepend ?? {})
  const splices = [...replaced, ...removals(present, removed)]
  // Without a neighbour there is no comma to share, and front and end are one place.
  if (kept === 0) return insertion(scan, [...prepended, ...added], 'only', splices)
  return insertion(scan, added, 'end', insertion(scan, prepended, 'front', splices))
}

/** Most bodies go as they came; to find that out by the lists below costs 0.6 µs and more than 1 KB a request. */
const isLeftAsItIs = ({ members }: Scan, { set = {}, prepend = {}, remove = [] }: Edits): boolean => {
  for (const key of remove) if (members.has(key)) return false
  return Object.keys(set).length === 0 && Object.keys(prepend).length === 0
}

/** Replaces a member's value, and nothing around it. */
export const replaceValue = (member: Member, text: string): Splice => ({
  start: member.valueStart,
  end: member.valueEnd,
  text,
})

/** The same splices for an object that begins `offset` bytes into the body they will be applied to. */
export const shiftSplices = (splices: readonly Splice[], offset: number): Splice[] =>
  splices.map(({ start, end, text }) => ({ start: start + offset, end: end + offset, text }))

/** One splice for each run of neighbours, which takes the comma before it, or after it when it comes first. */
const removals = (present: readonly Member[], removed: ReadonlySet<string>): Splice[] => {
  const splices: Splice[] = []
  let lastKept: Member | undefined
  let run: { readonly first: Member; last: Member } | undefined
  for (const member of present) {
    if (removed.has(member.key)) {
      run = { first: run?.first ?? member, last: member }
      continue
    }
    if (run)
      splices.push({
        start: lastKept?.valueEnd ?? run.first.keyStart,
        end: lastKept ? run.last.valueEnd : member.keyStart,
        text: '',
      })
    run = undefined
    lastKept = member
  }
  if (run) splices.push({ start: lastKept?.valueEnd ?? run.first.keyStart, end: run.last.valueEnd, text: '' })
  return splices
}

/** Adds the splice that writes `entries` there, if there are any. */
const insertion = (
  scan: Scan,
  entries: readonly (readonly [string, string])[],
  where: 'front' | 'end' | 'only',
  splices: Splice[],
): Splice[] => {
  if (entries.length === 0) return splices
  const text = entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')
  const inside = scan.bytes.indexOf(0x7b) + 1
  if (where === 'front') return [...splices, { start: inside, end: inside, text: `${text},` }]
  let end = inside
  for (const { valueEnd } of scan.members.values()) end = valueEnd
  return [...splices, { start: end, end, text: where === 'only' ? text : `,${text}` }]
}

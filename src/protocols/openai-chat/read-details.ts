import type { JsonObject } from '../../canon/codec.ts'

/** The members of an entry that come in pieces. */
const GROWING = ['text', 'summary', 'data'] as const

/**
 * Adds the entries of one piece of `reasoning_details` to those before: pieces of one entry follow each other, with the
 * same type and index; what else a later piece says (a signature) counts.
 */
export const addDetails = (details: JsonObject[], pieces: readonly JsonObject[]): void => {
  for (const piece of pieces) {
    const last = details.at(-1)
    if (last && last.type === piece.type && last.index === piece.index && last.type !== 'reasoning.encrypted')
      details[details.length - 1] = joined(last, piece)
    else details.push(piece)
  }
}

const joined = (before: JsonObject, piece: JsonObject): JsonObject => {
  const told = Object.entries(piece).filter(([, value]) => value !== null && value !== undefined)
  const both: Record<string, unknown> = { ...before, ...Object.fromEntries(told) }
  for (const name of GROWING) {
    const [old, added] = [before[name], piece[name]]
    if (typeof old === 'string' && typeof added === 'string') both[name] = old + added
  }
  return both
}

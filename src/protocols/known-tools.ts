import { type Units, UNIT_NAMES } from '../canon/usage.ts'
import type { Reading } from './answer-format.ts'

/** What is known of the tools that a vendor ran: what it told, and what its answer showed, each under its name. */
export interface KnownTools {
  told: Units
  readonly seen: Map<string, { readonly unit: keyof Units; readonly count: number }>
}

/** More than any answer uses; names are kept no longer than this. */
const SEEN_MAX = 1_000
const NAME_CHARACTERS_MAX = 200

/** Adds what one reading says. What counts is, of each unit, what was told, else what was shown. */
export const learnTools = (
  answer: { tools: Units | undefined; toolsKnown?: KnownTools },
  { tools, seen, seenIsAll }: Reading,
): void => {
  if (!answer.toolsKnown && !isAny(tools) && !seen?.length) return
  answer.toolsKnown ??= { told: {}, seen: new Map() }
  const known = answer.toolsKnown
  if (tools) known.told = { ...known.told, ...tools }
  if (seenIsAll) known.seen.clear()
  for (const { unit, name, count } of seen ?? []) {
    if (known.seen.size < SEEN_MAX) known.seen.set(`${unit} ${name.slice(0, NAME_CHARACTERS_MAX)}`, { unit, count })
  }
  const shown: Partial<Record<keyof Units, number>> = {}
  for (const { unit, count } of known.seen.values()) shown[unit] = (shown[unit] ?? 0) + count
  const counting = UNIT_NAMES.flatMap((name) => {
    const count = known.told[name] ?? shown[name] ?? 0
    return count > 0 ? [[name, count] as const] : []
  })
  answer.tools = counting.length > 0 ? Object.fromEntries(counting) : undefined
}

const isAny = (tools: Units | undefined): boolean => tools !== undefined && Object.keys(tools).length > 0

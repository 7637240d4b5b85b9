import type { Usage } from '../canon/usage.ts'
import type { AnswerFormat, Reading } from './answer-format.ts'
import type { JsonObject } from './json.ts'

/** What is known of one answer so far: an `Observation` in the making. */
export interface Known {
  usage: Usage | undefined
  rawUsage: JsonObject | undefined
  terminal: boolean
  contentSeen: boolean
  error: string | undefined
}

export const nothingKnown = (): Known => ({
  usage: undefined,
  rawUsage: undefined,
  terminal: false,
  contentSeen: false,
  error: undefined,
})

/** Adds what one reading says to what is known. */
export const learn = (format: AnswerFormat, known: Known, reading: Reading): void => {
  if (reading.usage) {
    const merged =
      known.rawUsage && format.mergeUsage ? format.mergeUsage(known.rawUsage, reading.usage) : reading.usage
    const usage = format.readUsage(merged)
    // A later report that cannot be read does not undo an earlier one that could.
    if (usage || !known.usage) known.rawUsage = merged
    known.usage = usage ?? known.usage
  }
  if (reading.terminal) known.terminal = true
  if (reading.content) known.contentSeen = true
  known.error ??= reading.error
}

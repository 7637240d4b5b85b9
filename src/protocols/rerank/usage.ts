import { NO_USAGE, type Usage } from '../../canon/usage.ts'
import { tokens } from '../../units.ts'
import { count } from '../counts.ts'
import type { JsonObject } from '../json.ts'

/**
 * Cohere bills search units, the others tokens: Voyage and Jina all of them as `total_tokens`, servers in OpenAI's
 * likeness as `prompt_tokens`. A ranking has no output.
 */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const searchUnits = count(raw.search_units)
  const input = count(raw.prompt_tokens) ?? count(raw.total_tokens) ?? count(raw.input_tokens) ?? 0
  if (input === 0 && !searchUnits) return undefined
  return { ...NO_USAGE, input: tokens(input), ...(searchUnits && { units: { searchUnits } }) }
}

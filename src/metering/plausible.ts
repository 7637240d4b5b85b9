import type { Model } from '../canon/model.ts'
import { inputTotal, UNIT_NAMES, type Units, type Usage } from '../canon/usage.ts'
import { type BodySize, inputTokensMax } from './estimate.ts'

/** A request, as far as it says how much its answer can have used. */
export interface Bounds extends BodySize {
  readonly model: Pick<Model, 'contextWindow' | 'maxOutputTokens'>
  readonly choices: number
}

/** Tools that a vendor runs itself make its model read the same input again and again, and all of it is billed. */
const INPUT_FACTOR = 16
/** Catalogues lag behind, and not every vendor counts its reasoning into the limit. */
const OUTPUT_FACTOR = 4
/** Where nobody knows the model's window, or its output limit: beyond any there is. */
const WINDOW_UNKNOWN = 1_000_000
const OUTPUT_TOKENS_UNKNOWN = 128_000

/** Far above what one answer comes to. */
const UNITS_MAX: Readonly<Required<Units>> = {
  images: 1_000,
  inputSeconds: 1_000_000,
  outputSeconds: 1_000_000,
  characters: 100_000_000,
  webSearches: 1_000,
  searchUnits: 100_000,
  fileSearches: 1_000,
  codeSessions: 1_000,
  imageInput: 1_000_000,
  imageOutput: 1_000_000,
}

/**
 * Whether a reported usage can be true. Generous: what is refused here is a unit that was mistaken or a number that was
 * made up, and has to be told from a quote that was merely too low.
 */
export const isPlausible = (usage: Usage, bounds: Bounds): boolean => {
  const { contextWindow, maxOutputTokens } = bounds.model
  // A list of texts to embed has the window for each of them, and then its bytes are what bounds it.
  const input = Math.max(contextWindow ?? WINDOW_UNKNOWN, inputTokensMax(bounds))
  const output = (maxOutputTokens ?? contextWindow ?? OUTPUT_TOKENS_UNKNOWN) * Math.max(1, bounds.choices)
  return (
    inputTotal(usage) <= INPUT_FACTOR * input &&
    usage.output + usage.outputAudio <= OUTPUT_FACTOR * output &&
    (usage.units === undefined || areBelow(usage.units))
  )
}

const areBelow = (units: Units): boolean => UNIT_NAMES.every((name) => (units[name] ?? 0) <= UNITS_MAX[name])

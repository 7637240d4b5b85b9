const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g

/**
 * OpenAI counts the characters of a text as Python does, by code points; JavaScript and the canonical model count UTF-16
 * code units. The two differ after an emoji.
 */
export const unitsOf = (text: string, codePoints: number): number => {
  let units = codePoints
  for (const { index } of text.matchAll(SURROGATE_PAIR)) {
    if (index >= units) break
    units += 1
  }
  return units
}

export const codePointsOf = (text: string, units: number): number =>
  units - (text.slice(0, units).match(SURROGATE_PAIR)?.length ?? 0)

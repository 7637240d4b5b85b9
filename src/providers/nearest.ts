const NAME_CHARS_MAX = 128
const NEAREST_MAX = 3
/** Below this share of common letter pairs a suggestion is a guess. */
const LIKENESS_MIN = 0.5

/** Up to three of the known names that look most like this one, best first: by the share of letter pairs in common. */
export const nearestNames = (name: string, known: readonly string[]): readonly string[] => {
  const wanted = pairs(name)
  return known
    .map((candidate) => ({ candidate, likeness: likeness(wanted, pairs(candidate)) }))
    .filter(({ likeness }) => likeness >= LIKENESS_MIN)
    .sort((a, b) => b.likeness - a.likeness || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ candidate }) => candidate)
}

const pairs = (name: string): ReadonlySet<string> => {
  const text = name.slice(0, NAME_CHARS_MAX).toLowerCase()
  const found = new Set<string>()
  for (let at = 0; at + 1 < text.length; at++) found.add(text.slice(at, at + 2))
  return found
}

/** Dice's coefficient: twice the common pairs over all pairs. */
const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let common = 0
  for (const pair of a) if (b.has(pair)) common++
  return a.size + b.size === 0 ? 0 : (2 * common) / (a.size + b.size)
}

/** A name from outside, made safe to print: quoted, control characters escaped, cut to a sensible length. */
export const quoted = (name: string): string =>
  JSON.stringify(name.length > NAME_CHARS_MAX ? `${name.slice(0, NAME_CHARS_MAX)}…` : name)

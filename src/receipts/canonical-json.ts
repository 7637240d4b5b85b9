/**
 * JSON as one text and no other, by RFC 8785: no white space, the members of every object in the order of their names'
 * UTF-16 code units, numbers and strings as ECMAScript writes them. Members that are `undefined` are left out. Throws on
 * what JSON cannot say.
 */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return objectText(value as Readonly<Record<string, unknown>>)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} is no number of JSON`)
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`a ${typeof value} is nothing JSON can say`)
  return text
}

const objectText = (members: Readonly<Record<string, unknown>>): string => {
  const names = Object.keys(members).filter((name) => members[name] !== undefined)
  // Without a comparison of its own, `sort` goes by code units.
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(members[name])}`)
    .join(',')}}`
}

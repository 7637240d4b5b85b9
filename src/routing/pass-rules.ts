/** Methods a pass-through may be used with. */
export const PASS_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type PassMethod = (typeof PASS_METHODS)[number]

/** One endpoint, or a family of them, that a provider's keys are lent for. */
export interface PassRule {
  /** Under the base URL. `*` is any text within one segment; a last segment `**` is one segment or more. */
  readonly path: string
  readonly methods: readonly PassMethod[]
  /** Nothing is metered: the operator pays for whatever it costs. */
  readonly free: boolean
}

/** What a provider allows for one endpoint. */
export interface Allowed {
  /** A rule names the path; that a path is there and its method is not is another mistake than that it is not. */
  readonly path: boolean
  readonly method: boolean
  readonly free: boolean
}

/**
 * What the rules say of an endpoint. Where several name it, one that is not free wins: a wider rule must not make free
 * what a narrower one prices.
 */
export const allowedBy = (rules: readonly PassRule[], segments: readonly string[], method: string): Allowed => {
  const named = rules.filter(({ path }) => matches(path.split('/'), segments))
  const open = named.filter(({ methods }) => methods.some((each) => each === method))
  return { path: named.length > 0, method: open.length > 0, free: open.length > 0 && open.every(({ free }) => free) }
}

/** Methods that the rules open an endpoint for. */
export const methodsOf = (rules: readonly PassRule[], segments: readonly string[]): readonly PassMethod[] => [
  ...new Set(rules.filter(({ path }) => matches(path.split('/'), segments)).flatMap(({ methods }) => methods)),
]

const matches = (pattern: readonly string[], segments: readonly string[]): boolean => {
  const isTree = pattern.at(-1) === '**'
  const fixed = isTree ? pattern.slice(0, -1) : pattern
  if (isTree ? segments.length <= fixed.length : segments.length !== fixed.length) return false
  return fixed.every((part, index) => isLike(part, segments[index] ?? ''))
}

/** `*` within a segment, without a regular expression: a pattern from a configuration must not be able to run away. */
const isLike = (pattern: string, text: string): boolean => {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return pattern === text
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false
  let at = head.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > text.length - tail.length) return false
    at = found + part.length
  }
  return at <= text.length - tail.length && text !== ''
}

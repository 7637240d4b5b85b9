import type { z } from 'zod'
import type { ConfigFault } from './faults.ts'
import type { Environment } from './substitute.ts'
import { formatPath, type Path, scalarsOf, withValue } from './tree.ts'

/** Variables that are read by other parts, so that nobody is told they do nothing. */
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  'TOLLGATE_CONFIG',
  'TOLLGATE_RECORDINGS',
  'TOLLGATE_API_KEY',
  'TOLLGATE_BASE_URL',
])

export interface Overridden {
  readonly tree: unknown
  readonly faults: readonly ConfigFault[]
  /** Path → which variable its value is from. */
  readonly origins: ReadonlyMap<string, string>
  /** `TOLLGATE_` variables that match no key. */
  readonly unused: readonly string[]
}

/** The variable that overrides a scalar: `limits.per_ip.rpm` is `TOLLGATE_LIMITS_PER_IP_RPM`. */
export const variableOf = (path: Path): string =>
  `TOLLGATE_${path
    .map((step) =>
      String(step)
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, '_'),
    )
    .join('_')}`

/**
 * Puts the values of `TOLLGATE_…` variables where they belong; empty ones count as absent. Entries of mappings and lists
 * can be overridden as far as the tree has them: a variable adds no provider.
 */
export const override = (root: unknown, schema: z.ZodType, environment: Environment): Overridden => {
  const claimed = new Map<string, string>()
  const faults: ConfigFault[] = []
  const origins = new Map<string, string>()
  let tree = root
  for (const { path } of scalarsOf(schema, root)) {
    const variable = variableOf(path)
    const value = environment[variable]
    if (value === undefined || value === '') continue
    const at = formatPath(path)
    const other = claimed.get(variable)
    if (other !== undefined) {
      faults.push({
        path: at,
        expected: `names that differ in a letter or digit`,
        found: `${variable}, which is ${other} as well`,
      })
    }
    claimed.set(variable, at)
    origins.set(at, `the value of ${variable}`)
    tree = withValue(tree, path, value)
  }
  const unused = Object.keys(environment).filter(
    (name) => name.startsWith('TOLLGATE_') && environment[name] && !claimed.has(name) && !KNOWN_ELSEWHERE.has(name),
  )
  return { tree, faults, origins, unused: unused.sort() }
}

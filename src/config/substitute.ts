import type { ConfigFault } from './faults.ts'
import { formatPath, isTree, type Path } from './tree.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Substituted {
  readonly tree: unknown
  readonly faults: readonly ConfigFault[]
  /** Path → the variables whose values are in it. */
  readonly origins: ReadonlyMap<string, string>
}

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{/g

/**
 * Puts environment variables into every string of a tree: `${NAME}`, and `${NAME:-default}` which also stands in for an
 * empty one, as in a shell. `$${` is a plain `${`. A variable that is not set and has no default is a mistake.
 */
export const substitute = (root: unknown, environment: Environment): Substituted => {
  const faults: ConfigFault[] = []
  const origins = new Map<string, string>()

  const inText = (text: string, path: Path): string =>
    text.replace(REFERENCE, (whole, name: string | undefined, fallback: string | undefined) => {
      if (whole === '$${') return '${'
      if (name === undefined) {
        faults.push({
          path: formatPath(path),
          expected: `\`\${NAME}\` or \`\${NAME:-default}\`, or \`$\${\` for a plain \`\${\``,
          found: 'a `${` that is neither',
        })
        return whole
      }
      const at = formatPath(path)
      origins.set(at, `the value of \${${name}}`)
      const value = environment[name]
      if (fallback !== undefined) return value || fallback
      if (value !== undefined) return value
      faults.push({
        path: at,
        expected: `the environment variable ${name}; \`\${${name}:-}\` allows it to be absent`,
        found: 'none of that name',
      })
      return ''
    })

  const inValue = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return value.includes('${') ? inText(value, path) : value
    if (Array.isArray(value)) return value.map((entry, index) => inValue(entry, [...path, index]))
    if (!isTree(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inValue(entry, [...path, key])]))
  }

  return { tree: inValue(root, []), faults, origins }
}

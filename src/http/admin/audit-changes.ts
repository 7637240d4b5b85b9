import { isDeepStrictEqual } from 'node:util'

type Fields = Readonly<Record<string, unknown>>

/** Of two states, for the audit log, those fields that differ; of versions and times of change nothing is said. */
export const changes = (before: object, after: object): { readonly before: Fields; readonly after: Fields } => {
  const [old, now] = [before as Fields, after as Fields]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => !UNTOLD.has(name) && !isDeepStrictEqual(old[name], now[name]),
  )
  const only = (state: Fields): Fields =>
    Object.fromEntries(names.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name]]])))
  return { before: only(old), after: only(now) }
}

const UNTOLD: ReadonlySet<string> = new Set(['version', 'updated_at', 'updated_by', 'key', 'secret'])

import { numberOf, writeJson } from '../../canon/json-text.ts'
import { type JsonObject, isObject, objectsOf, textOf } from '../json.ts'

/** The arguments of a call that Vertex streams in pieces, each with the JSON path of the value it adds to. */
export interface PartialArgs {
  add(pieces: unknown): void
  /** The object as JSON; with `cut`, as text that cannot be taken for whole. */
  json(cut: boolean): string
}

type Container = Record<string, unknown> | unknown[]

/** No tool has arguments nested deeper, or longer lists; a path that says so is ignored. */
const STEPS_MAX = 64
const INDEX_MAX = 100_000

export const createPartialArgs = (initial: unknown): PartialArgs => {
  const root: Record<string, unknown> = Object.assign(Object.create(null), isObject(initial) ? initial : {})
  return {
    add(pieces) {
      for (const piece of objectsOf(pieces)) {
        const steps = stepsOf(textOf(piece.jsonPath))
        if (steps) assign(root, steps, piece)
      }
    },
    json(cut) {
      const text = writeJson(root)
      return cut ? text.slice(0, -1) : text
    },
  }
}

/** `$.a.b[0]['c']` as its steps; `undefined` for anything else. */
const stepsOf = (path: string): readonly (string | number)[] | undefined => {
  if (!path.startsWith('$')) return undefined
  const steps: (string | number)[] = []
  const pattern = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y
  pattern.lastIndex = 1
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path)
    if (!match || steps.length === STEPS_MAX) return undefined
    const [, name, index, single, double] = match
    const quoted = single ?? double
    steps.push(
      index !== undefined ? Number(index) : quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : (name ?? ''),
    )
  }
  return steps.length > 0 && steps.every((step) => typeof step === 'string' || step <= INDEX_MAX) ? steps : undefined
}

const assign = (root: Container, steps: readonly (string | number)[], piece: JsonObject): void => {
  let at: Container = root
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1]
    if (next === undefined) {
      set(at, step, joined(get(at, step), piece))
      return
    }
    const found = get(at, step)
    const inner: Container =
      typeof found === 'object' && found !== null && numberOf(found) === undefined
        ? (found as Container)
        : typeof next === 'number'
          ? []
          : Object.create(null)
    set(at, step, inner)
    at = inner
  }
}

const get = (at: Container, step: string | number): unknown => (Array.isArray(at) ? at[Number(step)] : at[String(step)])

const set = (at: Container, step: string | number, value: unknown): void => {
  if (!Array.isArray(at)) at[String(step)] = value
  else if (typeof step === 'number') at[step] = value
}

/** Strings grow; every other value comes whole. */
const joined = (before: unknown, piece: JsonObject): unknown => {
  if (typeof piece.stringValue === 'string') return textOf(before) + piece.stringValue
  if (piece.numberValue !== undefined) return piece.numberValue
  if (piece.boolValue !== undefined) return piece.boolValue
  return 'nullValue' in piece ? null : before
}

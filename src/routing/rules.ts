import type { WireFormat } from '../canon/operation.ts'
import { type Day, readHours } from './rules-hours.ts'
import { type ParameterTree, parameterTree } from './rules-parameters.ts'

/** A rule as the configuration has it. What is `null` or empty is no condition, and no effect. */
export interface RuleSource {
  readonly name: string | null
  /** `false`: it is kept, and never counts. Left out: it does. */
  readonly enabled?: boolean
  readonly when: Conditions
  readonly do: Effects
}

export interface Conditions {
  readonly models: readonly string[] | null
  readonly formats: readonly WireFormat[] | null
  readonly bytesMin: number | null
  readonly bytesMax: number | null
  readonly tools: boolean | null
  readonly images: boolean | null
  readonly stream: boolean | null
  readonly headers: ReadonlyMap<string, string>
  readonly labels: readonly string[] | null
  readonly hours: string | null
  readonly days: readonly Day[] | null
  readonly zone: string
}

export interface Effects {
  readonly model: string | null
  readonly channels: readonly string[] | null
  /** By name, dotted where it is inside an object: its value as JSON text; `null` takes it out. */
  readonly parameters: ReadonlyMap<string, string | null>
  readonly refuse: string | null
}

/**
 * What rules look at; `undefined`: nobody can tell, or not yet. `tools` and `images` are asked for only where a rule wants to
 * know.
 */
export interface Asked {
  /** Every name that the model asked for goes by: as written, and its id. */
  readonly names: () => readonly string[] | undefined
  readonly format: WireFormat | undefined
  readonly bytes: number | undefined
  readonly tools: () => boolean | undefined
  readonly images: () => boolean | undefined
  readonly stream: boolean | undefined
  readonly headers: Headers
  readonly labels: readonly string[]
  readonly atMs: number
}

/** A rule ready to be used. */
export interface Rule {
  readonly name: string
  readonly effects: Omit<Effects, 'parameters'> & { readonly parameters: ParameterTree | undefined }
  /** `undefined`: it may, by what nobody can tell. */
  readonly matches: (asked: Asked) => boolean | undefined
}

/** The first rule that matches; `undefined`: none does. What nobody can tell is no match. */
export const firstMatch = (rules: readonly Rule[], asked: Asked): Rule | undefined =>
  rules.find((rule) => rule.matches(asked) === true)

/** The rule that matches first whatever turns out of what cannot be told yet; `undefined`: none, or another one might. */
export const certainMatch = (rules: readonly Rule[], asked: Asked): Rule | undefined => {
  const first = rules.find((rule) => rule.matches(asked) !== false)
  return first?.matches(asked) === true ? first : undefined
}

/** Makes rules ready: patterns are taken apart, hours and JSON are read. Throws on what the configuration lets nobody write. */
export const compileRules = (rules: readonly RuleSource[]): readonly Rule[] =>
  rules.flatMap(({ name, enabled = true, when, do: effects }, index): Rule[] => {
    // One that is off keeps its place: those below it that have no name are called as before.
    if (!enabled) return []
    const tests = testsOf(when)
    const parameters = effects.parameters.size === 0 ? undefined : parameterTree(effects.parameters)
    if (parameters && !parameters.ok) throw new Error(`a rule was let through with the parameter ${parameters.error}`)
    return [
      {
        name: name ?? `rule ${index + 1}`,
        effects: { ...effects, parameters: parameters?.value },
        matches: (asked) => allOf(tests, asked),
      },
    ]
  })

type Test = (asked: Asked) => boolean | undefined

const allOf = (tests: readonly Test[], asked: Asked): boolean | undefined => {
  let all: true | undefined = true
  for (const test of tests) {
    const holds = test(asked)
    if (holds === false) return false
    if (holds === undefined) all = undefined
  }
  return all
}

/** Of what nobody can tell nothing holds, and nothing does not. */
const told = <T>(value: T | undefined, test: (value: T) => boolean): boolean | undefined =>
  value === undefined ? undefined : test(value)

/** The conditions that are named, those first that cost least. */
const testsOf = (when: Conditions): readonly Test[] => [
  ...given(when.stream, (wanted) => (asked) => told(asked.stream, (streams) => streams === wanted)),
  ...given(when.formats, (wanted) => (asked) => told(asked.format, (format) => wanted.includes(format))),
  ...given(when.bytesMin, (min) => (asked) => told(asked.bytes, (bytes) => bytes >= min)),
  ...given(when.bytesMax, (max) => (asked) => told(asked.bytes, (bytes) => bytes <= max)),
  ...given(when.labels, (wanted) => (asked) => wanted.some((label) => asked.labels.includes(label))),
  ...given(when.models, modelTest),
  ...[...when.headers].map(([name, value]) => headerTest(name, value)),
  ...timeTests(when),
  ...given(when.tools, (wanted) => (asked) => told(asked.tools(), (has) => has === wanted)),
  ...given(when.images, (wanted) => (asked) => told(asked.images(), (has) => has === wanted)),
]

const given = <T>(value: T | null, test: (value: T) => Test): readonly Test[] => (value === null ? [] : [test(value)])

const modelTest = (patterns: readonly string[]): Test => {
  const globs = patterns.map(glob)
  return ({ names }) => told(names(), (known) => globs.some((matches) => known.some(matches)))
}

/** Whatever case they are written in: names of products come in several. */
const headerTest = (name: string, pattern: string): Test => {
  const matches = glob(pattern.toLowerCase())
  const lowered = name.toLowerCase()
  return ({ headers }) => {
    const value = headers.get(lowered)
    return value !== null && matches(value.toLowerCase())
  }
}

const timeTests = ({ hours, days, zone }: Conditions): readonly Test[] => {
  if (hours === null && days === null) return []
  const clock = readHours(hours, days, zone)
  if (!clock.ok) throw new Error(`a rule was let through with ${clock.error}`)
  const isWithin = clock.value
  return [({ atMs }) => isWithin(atMs)]
}

/**
 * Whether a text is as a pattern says, `*` standing for any letters, also for none. Looks at each letter of the text once
 * for each part of the pattern, whatever is in it.
 */
export const glob = (pattern: string): ((text: string) => boolean) => {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return (text) => text === pattern
  return (text) => {
    if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false
    const end = text.length - tail.length
    let at = head.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found === -1 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}

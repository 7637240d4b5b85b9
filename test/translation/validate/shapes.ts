/** A part of a check on JSON: adds what is wrong at a place to the faults. */
export type Check = (value: unknown, at: string, faults: string[]) => void

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectOf) : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const say = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing'

export const anything: Check = (value, at, faults) => {
  if (value === undefined) faults.push(`${at} is missing`)
}

interface TextRules {
  readonly min?: number
  readonly max?: number
  readonly matches?: RegExp
  readonly visible?: true
}

export const text =
  ({ min = 0, max = Number.POSITIVE_INFINITY, matches, visible }: TextRules = {}): Check =>
  (value, at, faults) => {
    if (typeof value !== 'string') return void faults.push(`${at} is ${say(value)}, no string`)
    if (value.length < min) faults.push(`${at} is shorter than ${min}`)
    if (value.length > max) faults.push(`${at} is longer than ${max}`)
    if (matches && !matches.test(value)) faults.push(`${at} is ${say(value)}, which does not match ${matches}`)
    if (visible && value.trim() === '') faults.push(`${at} has no visible character`)
  }

export const number =
  (min: number, max: number): Check =>
  (value, at, faults) => {
    if (typeof value !== 'number' || value < min || value > max)
      faults.push(`${at} is ${say(value)}, no number in ${min}..${max}`)
  }

export const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (value, at, faults) => {
    if (!Number.isSafeInteger(value) || Number(value) < min || Number(value) > max)
      faults.push(`${at} is ${say(value)}, no integer in ${min}..${max}`)
  }

export const flag: Check = (value, at, faults) => {
  if (typeof value !== 'boolean') faults.push(`${at} is ${say(value)}, neither true nor false`)
}

export const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value, at, faults) => {
    if (!allowed.includes(value)) faults.push(`${at} is ${say(value)}, none of ${allowed.join(', ')}`)
  }

export const list =
  (of: Check, min = 0, max = Number.POSITIVE_INFINITY): Check =>
  (value, at, faults) => {
    if (!Array.isArray(value)) return void faults.push(`${at} is ${say(value)}, no array`)
    if (value.length < min || value.length > max) faults.push(`${at} has ${value.length} members, not ${min}..${max}`)
    for (const [index, member] of value.entries()) of(member, `${at}/${index}`, faults)
  }

export const record =
  (of: Check, max = Number.POSITIVE_INFINITY): Check =>
  (value, at, faults) => {
    if (!isObject(value)) return void faults.push(`${at} is ${say(value)}, no object`)
    if (Object.keys(value).length > max) faults.push(`${at} has more than ${max} members`)
    for (const [name, member] of Object.entries(value)) of(member, `${at}/${name}`, faults)
  }

export const nullable =
  (of: Check): Check =>
  (value, at, faults) => {
    if (value !== null) of(value, at, faults)
  }

/** The first check without a fault decides; else the faults of the last one that fits the kind of value. */
export const either =
  (...checks: readonly Check[]): Check =>
  (value, at, faults) => {
    let found: string[] = []
    for (const check of checks) {
      const mine: string[] = []
      check(value, at, mine)
      if (mine.length === 0) return
      if (found.length === 0 || mine.some((fault) => !fault.startsWith(`${at} is `))) found = mine
    }
    faults.push(...found)
  }

export type Fields = Readonly<Record<string, Check>>

/** An object of exactly these members: the optional ones may be absent, and no others may be there. */
export const object =
  (required: Fields, optional: Fields = {}): Check =>
  (value, at, faults) => {
    if (!isObject(value)) return void faults.push(`${at} is ${say(value)}, no object`)
    for (const [name, check] of Object.entries(required)) check(value[name], `${at}/${name}`, faults)
    for (const [name, check] of Object.entries(optional))
      if (value[name] !== undefined) check(value[name], `${at}/${name}`, faults)
    for (const name of Object.keys(value))
      if (!Object.hasOwn(required, name) && !Object.hasOwn(optional, name)) faults.push(`${at}/${name} is not known`)
  }

/** Objects told apart by a member. `fallback`: the kind of one that lacks the member. */
export const tagged =
  (tag: string, kinds: Readonly<Record<string, Check>>, fallback?: Check): Check =>
  (value, at, faults) => {
    const kind = isObject(value) ? value[tag] : undefined
    const check = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    if (check) check(value, at, faults)
    else if (fallback && kind === undefined) fallback(value, at, faults)
    else faults.push(`${at}/${tag} is ${say(kind)}, none of ${Object.keys(kinds).join(', ')}`)
  }

export const base64 = text({ min: 1, matches: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/ })
export const address = text({ matches: /^https?:\/\/\S+$/ })

/** Runs a check on a whole body. */
export const run = (check: Check, body: unknown): string[] => {
  const faults: string[] = []
  check(body, '', faults)
  return faults
}

/** Every place in a value where a predicate holds of an object, with the object. */
export const find = (value: unknown, isIt: (node: Json) => boolean, at = ''): readonly (readonly [string, Json])[] => {
  if (Array.isArray(value)) return value.flatMap((member, index) => find(member, isIt, `${at}/${index}`))
  if (!isObject(value)) return []
  const inner = Object.entries(value).flatMap(([name, member]) => find(member, isIt, `${at}/${name}`))
  return isIt(value) ? [[at, value], ...inner] : inner
}

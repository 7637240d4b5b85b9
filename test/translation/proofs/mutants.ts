import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import { isObject } from '../validate/shapes.ts'

type Path = readonly (string | number)[]

/** Something wrong that may stand anywhere in a body. */
interface Mutation {
  readonly name: string
  /** What stands there instead. */
  readonly value?: unknown
  readonly kind: 'replace' | 'drop' | 'repeat'
}

/** As deep as a gateway reads bodies. */
const LEVELS = 100
const nested = (open: string, close: string): unknown =>
  readJson(`${open.repeat(LEVELS)}0${close.repeat(LEVELS)}`) as object

const REPLACEMENTS: Readonly<Record<string, unknown>> = {
  null: null,
  true: true,
  'a number': 7,
  'a fraction below zero': -0.5,
  'a number beyond all': readJson('[1e999]'),
  'a number of thirty digits': readJson('123456789012345678901234567890'),
  'no text': '',
  'a text': 'x',
  'half a character': 'a\ud83d',
  'the other half first': '\ude00a',
  'an empty list': [],
  'an empty object': {},
  'a list of null': [null],
  'an object of odd names': JSON.parse('{"__proto__":{"a":1},"constructor":null,"":0,"\\ud83d":1,"10":1,"2":1}'),
  'an object that has no text': JSON.parse('{"toString":1,"valueOf":null}'),
  'lists as deep as can be': nested('[', ']'),
  'objects as deep as can be': nested('{"a":', '}'),
}

export const MUTATIONS: readonly Mutation[] = [
  { name: 'nothing', kind: 'drop' },
  { name: 'the same twice', kind: 'repeat' },
  ...Object.entries(REPLACEMENTS).map(([name, value]): Mutation => ({ name, value, kind: 'replace' })),
]

/** Where anything stands in a body, itself left out. */
export function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (Array.isArray(value)) for (const [index, entry] of value.entries()) yield* pathsIn(entry, [...path, index])
  else if (isObject(value)) for (const name of Object.keys(value)) yield* pathsIn(value[name], [...path, name])
}

/** No JSON text has it otherwise. It makes a second name of one, until the text is written. */
const SECOND = '\ue001'

/** A body with something wrong at a path, as JSON text: members may be there twice. */
export const mutated = (body: unknown, path: Path, mutation: Mutation): string =>
  writeJson(changed(body, path, mutation)).replaceAll(SECOND, '')

const changed = (value: unknown, [step, ...rest]: Path, mutation: Mutation): unknown => {
  if (step === undefined) return mutation.value
  if (Array.isArray(value)) {
    const at = Number(step)
    if (rest.length > 0 || mutation.kind === 'replace') return value.with(at, changed(value[at], rest, mutation))
    return mutation.kind === 'drop' ? value.toSpliced(at, 1) : value.toSpliced(at, 0, value[at])
  }
  const members = value as Readonly<Record<string, unknown>>
  const name = String(step)
  if (rest.length > 0 || mutation.kind === 'replace')
    return { ...members, [name]: changed(members[name], rest, mutation) }
  const { [name]: member, ...others } = members
  return mutation.kind === 'drop' ? others : { ...members, [name + SECOND]: member }
}

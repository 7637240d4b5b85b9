/** How a language writes values. */
interface Language {
  readonly indent: string
  readonly words: Readonly<Record<'null' | 'true' | 'false', string>>
  readonly text: (text: string) => string
  /** The name of a member, as it stands before the colon. */
  readonly name: (name: string) => string
}

const WIDTH = 100

const PYTHON: Language = {
  indent: '    ',
  words: { null: 'None', true: 'True', false: 'False' },
  // Whatever JSON escapes, Python reads the same way.
  text: (text) => JSON.stringify(text),
  name: (name) => JSON.stringify(name),
}

const TYPESCRIPT: Language = {
  indent: '  ',
  words: { null: 'null', true: 'true', false: 'false' },
  text: (text) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
  name: (name) => {
    // Written plainly, this one would be the prototype of what it stands in.
    if (name === '__proto__') return "['__proto__']"
    return /^[A-Za-z_$][\w$]*$/.test(name) ? name : TYPESCRIPT.text(name)
  },
}

/** An expression that is written as it is, among values of JSON. */
export class Expression {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const LANGUAGES = { python: PYTHON, typescript: TYPESCRIPT } as const
export type LiteralLanguage = keyof typeof LANGUAGES

/**
 * Writes a value of JSON as an expression of a language; what fits stays on one line. `depth` is how far its first line is
 * indented already.
 */
export const literalOf = (value: unknown, language: LiteralLanguage, depth = 0): string =>
  written(value, LANGUAGES[language], depth)

/** The members of an object as the lines of a literal or, `name=value`, of the arguments of a call in Python. */
export const argumentsIn = (members: Readonly<Record<string, unknown>>, depth: number): readonly string[] =>
  Object.entries(members).map(
    ([name, value]) => `${PYTHON.indent.repeat(depth)}${name}=${written(value, PYTHON, depth)},`,
  )

/** The same as the lines of an object in TypeScript. `unchecked`: what its type has no members for, although the API does. */
export const membersIn = (
  members: Readonly<Record<string, unknown>>,
  unchecked: Readonly<Record<string, unknown>>,
): readonly string[] => [
  ...Object.entries(members).map(([name, value]) => `  ${TYPESCRIPT.name(name)}: ${written(value, TYPESCRIPT, 1)},`),
  '  // The API takes more than the types of the SDK know.',
  `  ...${written(unchecked, TYPESCRIPT, 1)},`,
]

const written = (value: unknown, language: Language, depth: number): string => {
  if (value instanceof Expression) return value.text
  if (typeof value === 'string') return language.text(value)
  if (value === null || value === undefined) return language.words.null
  if (typeof value === 'boolean') return language.words[value ? 'true' : 'false']
  if (typeof value !== 'object') return JSON.stringify(value)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const items = (inside: number): readonly string[] =>
    Array.isArray(value)
      ? value.map((item) => written(item, language, inside))
      : Object.entries(value).map(([name, item]) => `${language.name(name)}: ${written(item, language, inside)}`)
  const flat = items(depth)
  const pad = language === TYPESCRIPT && open === '{' && flat.length > 0 ? ' ' : ''
  const line = `${open}${pad}${flat.join(', ')}${pad}${close}`
  if (!line.includes('\n') && line.length + depth * language.indent.length <= WIDTH) return line
  const lines = items(depth + 1).map((item) => `${language.indent.repeat(depth + 1)}${item},`)
  return [open, ...lines, `${language.indent.repeat(depth)}${close}`].join('\n')
}

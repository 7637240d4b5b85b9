/** The file `refusals.json` of a language: what the gateway says where it refuses something. */
export interface Wordings {
  /** By the error's code: the gateway's own, and those of the library that signs people in. */
  readonly code: Readonly<Record<string, string>>
  readonly library: Readonly<Record<string, string>>
  /** Whole messages, with `{{places}}` for what is only known when they are said. */
  readonly said: Readonly<Record<string, string>>
  /** How a sentence goes on that begins with the name of a field. */
  readonly issue: Readonly<Record<string, string>>
  /** What stands in a place: a part of a sentence, or a word. */
  readonly part: Readonly<Record<string, string>>
  readonly word: Readonly<Record<string, string>>
}

type Section = 'said' | 'issue' | 'part' | 'word'

/** Places that hold words of the gateway's own, and not a name or a figure that somebody gave. */
const WORDED: ReadonlySet<string> = new Set([
  ...[
    'issue',
    'what',
    'name',
    'state',
    'done',
    'permission',
    'rest',
    'text',
    'choice',
    'budget',
    'period',
    'why',
    'most',
  ],
])

interface Pattern {
  readonly section: Section
  readonly key: string
  readonly expression: RegExp
  readonly places: readonly string[]
  /** How much of it is not a place. The more, the closer it fits. */
  readonly letters: number
}

/** Says in a language what the gateway said in English; `undefined` where it is not known. Names and figures stay. */
export type Translate = (section: 'said' | 'issue', text: string) => string | undefined

/** `english`: by which it is recognised. `own`: what is said instead. */
export const createTranslate = (english: Wordings, own: Wordings): Translate => {
  const patterns = new Map(
    (['said', 'issue', 'part', 'word'] as const).map((section) => [section, patternsOf(section, english[section])]),
  )
  const find = (sections: readonly Section[], text: string): string | undefined => {
    for (const section of sections)
      for (const pattern of patterns.get(section) ?? []) {
        const found = pattern.expression.exec(text)
        if (found) return filled(pattern, found)
      }
    return undefined
  }
  const filled = ({ section, key, places }: Pattern, found: RegExpExecArray): string => {
    const values = new Map(places.map((name, place) => [name, found[place + 1] ?? '']))
    return (own[section][key] ?? '').replace(PLACE, (_, name: string) => {
      const value = values.get(name) ?? ''
      const isWorded = WORDED.has(name) && value.trim() !== ''
      return isWorded ? (find(['word', 'part', 'issue', 'said'], value.trim()) ?? value) : value
    })
  }
  return (section, text) => find([section], text)
}

const PLACE = /\{\{(\w+)\}\}/g

const patternsOf = (section: Section, templates: Readonly<Record<string, string>>): readonly Pattern[] =>
  Object.entries(templates)
    .map(([key, template]) => ({
      section,
      key,
      expression: new RegExp(`^${template.split(PLACE).map(partOf).join('')}$`, 's'),
      places: [...template.matchAll(PLACE)].map(([, name = '']) => name),
      letters: template.replace(PLACE, '').length,
    }))
    .sort((one, other) => other.letters - one.letters)

/** Every other part is the name of a place; what is left over at the end may be nothing. */
const partOf = (part: string, place: number): string =>
  place % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : part === 'rest' ? '(.*?)' : '(.+?)'

import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writtenFiles } from '../tidy/files.ts'

const LOCALES = 'console/src/locales'
const LANGUAGES = ['en', 'zh-CN', 'vi'] as const
/** English has two forms of number, the others one. */
const FORMS: Readonly<Record<string, readonly string[]>> = { en: ['one', 'other'], 'zh-CN': ['other'], vi: ['other'] }

type Strings = { readonly [name: string]: string | Strings }

const namespaces = (): readonly string[] => readdirSync(join(LOCALES, 'en')).map((name) => name.replace('.json', ''))

const stringsOf = (language: string, namespace: string): ReadonlyMap<string, string> => {
  const path = join(LOCALES, language, `${namespace}.json`)
  return existsSync(path) ? flat(JSON.parse(readFileSync(path, 'utf8'))) : new Map()
}

const flat = (strings: Strings, before = ''): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(strings).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[`${before}${name}`, value]] : [...flat(value, `${before}${name}.`)],
    ),
  )

const baseOf = (key: string): string => key.replace(/_(?:zero|one|two|few|many|other)$/, '')
const placesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)[^}]*\}\}/g)].map(([, name = '']) => name).sort()
const tagsIn = (text: string): readonly string[] => [...text.matchAll(/<\/?\w+\/?>/g)].map(([tag]) => tag).sort()

describe.each(namespaces().map((name) => [name]))('the strings of %s', (namespace) => {
  const english = stringsOf('en', namespace)

  test.each(LANGUAGES.map((language) => [language]))('are all there in %s, with nothing left over', (language) => {
    const keysOf = (strings: ReadonlyMap<string, string>): readonly string[] =>
      [...new Set([...strings.keys()].map(baseOf))].sort()
    expect(keysOf(stringsOf(language, namespace))).toEqual([...keysOf(english)])
  })

  test.each(LANGUAGES.map((language) => [language]))('have the forms of number that %s has', (language) => {
    const strings = stringsOf(language, namespace)
    const plurals = new Set([...english.keys()].filter((key) => key !== baseOf(key)).map(baseOf))
    for (const key of plurals)
      for (const form of FORMS[language] ?? []) expect([...strings.keys()]).toContain(`${key}_${form}`)
  })

  test('say nothing empty, and fill the same places everywhere', () => {
    for (const language of LANGUAGES) {
      for (const [key, text] of stringsOf(language, namespace)) {
        expect([language, key, text.trim() === '']).toEqual([language, key, false])
        const model = english.get(key) ?? english.get(`${baseOf(key)}_other`) ?? ''
        // A form for one may say "one" without the figure.
        const isPlural = key !== baseOf(key)
        const places = placesIn(text).filter((name) => !isPlural || name !== 'count')
        expect([language, key, places]).toEqual([
          language,
          key,
          placesIn(model).filter((name) => !isPlural || name !== 'count'),
        ])
        expect([language, key, tagsIn(text)]).toEqual([language, key, [...tagsIn(model)]])
      }
    }
  })
})

test('every string that code asks for by its name is there', () => {
  const known = new Set<string>()
  for (const namespace of namespaces())
    for (const key of stringsOf('en', namespace).keys())
      known
        .add(key)
        .add(baseOf(key))
        .add(`${namespace}:${key}`)
        .add(`${namespace}:${baseOf(key)}`)
  const missing = writtenFiles('console/src').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\bt\('([^'$]+)'/g)]
      .map(([, key = '']) => key)
      .filter((key) => !known.has(key))
      .map((key) => `${path}: ${key}`),
  )
  expect(missing).toEqual([])
})

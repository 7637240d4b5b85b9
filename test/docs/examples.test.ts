import { expect, test } from 'bun:test'
import { runCommand } from '../../src/cli/main.ts'
import { formatFault, loadConfig } from '../../src/config/load.ts'
import { readCatalogueFile } from '../../src/providers/catalogue-file.ts'
import manifest from '../../package.json' with { type: 'json' }
import { documents, readDocument } from './documents.ts'

const fencesIn = (...languages: readonly string[]) =>
  documents.flatMap(({ path, fences }) =>
    fences
      .filter(({ language }) => languages.includes(language))
      .map((fence) => ({ ...fence, where: `${path}:${fence.line}` })),
  )

/** Every variable that a configuration names, with some value. */
const environmentOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/\$\{(\w+)/g)].map(({ 1: name = '' }) => [name, 'a-value-long-enough-for-a-key']),
  )

const mistakesIn = (text: string): readonly string[] => {
  const loaded = loadConfig({ text, environment: environmentOf(text) })
  return loaded.ok ? [] : loaded.error.map(formatFault)
}

test('every configuration in the documents is right', () => {
  const examples = fencesIn('yaml')
  expect(examples.length).toBeGreaterThan(5)
  expect(examples.flatMap(({ text, where }) => mistakesIn(text).map((mistake) => `${where}: ${mistake}`))).toEqual([])
  expect(mistakesIn('channels: [{ id: a, provider: nobody }]').length).toBeGreaterThan(0)
})

test('the configuration to start from is right', () => {
  expect(mistakesIn(readDocument('tollgate.example.yaml').text)).toEqual([])
})

test('every block of JSON in the documents is JSON, and every catalogue among them is right', () => {
  const catalogues = fencesIn('json').flatMap(({ text, where }) => {
    const value = JSON.parse(text) as Record<string, unknown>
    return 'models' in value ? [{ where, read: readCatalogueFile(text, []) }] : []
  })
  expect(catalogues.length).toBeGreaterThan(0)
  expect(catalogues.filter(({ read }) => !read.ok)).toEqual([])
})

test('every npm command in the documents is a script of package.json', () => {
  const scripts = Object.keys(manifest.scripts)
  const absent = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm run ([\w-]+)/g)].flatMap(({ 1: name = '' }) =>
      scripts.includes(name) ? [] : [`${path}: npm run ${name}`],
    ),
  )
  expect(absent).toEqual([])
  expect(scripts).toEqual(expect.arrayContaining(['start', 'test']))
})

test('every command of Tollgate in the documents is there, with the options it is given', async () => {
  const used = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/npx tollgate ([a-z-]+(?: [a-z]+)?)([^\n`]*)/g)].map(({ 1: words = '', 2: rest = '' }) => ({
      path,
      words,
      rest,
    })),
  )
  expect(used.length).toBeGreaterThan(8)
  for (const { path, words, rest } of used) {
    const printed: string[] = []
    const io = { environment: {}, out: (text: string) => void printed.push(text), problem: () => undefined }
    const code = await runCommand([...words.split(' '), '--help'], io)
    expect([path, words, code]).toEqual([path, words, 0])
    const absent = [...(rest.split('#')[0] ?? '').matchAll(/--[a-z-]+/g)]
      .map(String)
      .filter((option) => !printed.join('').includes(`${option} `))
    expect([path, words, absent]).toEqual([path, words, []])
  }
})

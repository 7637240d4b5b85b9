import { afterAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FORMATS, type Format, type Question } from '../../console/src/pages/playground/conversation.ts'
import { type PlaygroundRequest, requestOf } from '../../console/src/pages/playground/request.ts'
import { type Snippet, snippetsOf } from '../../console/src/pages/playground/snippets.ts'
import { startGateway } from '../harness/gateway.ts'
import { createBench } from './run-snippet.ts'

/**
 * What the playground of the console gives to copy is run, with the vendors' own SDKs, against a gateway of the demo
 * provider. Between them stands what notes each request: it has to be the one that the playground would send.
 */

const gateway = await startGateway({ config: { providers: { demo: { kind: 'demo' } } } })
const { key } = await gateway.createCustomer('1000')
const bench = createBench(key)

interface Noted {
  readonly path: string
  readonly body: unknown
}
const noted = new Map<string, Noted>()
/** Each run has an address of its own, for several may be under way. */
const front = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: async (request) => {
    const { pathname, search } = new URL(request.url)
    const [, run = '', rest = ''] = /^\/(run-[^/]+)(\/.*)$/.exec(pathname) ?? []
    const text = await request.text()
    noted.set(run, { path: rest + search, body: JSON.parse(text) })
    const headers = new Headers(request.headers)
    for (const name of ['host', 'content-length', 'accept-encoding']) headers.delete(name)
    return fetch(gateway.url + rest + search, { method: request.method, headers, body: text })
  },
})
afterAll(async () => {
  await gateway.stop()
  await front.stop(true)
  bench.remove()
})

const TSC = join(import.meta.dir, '..', '..', 'node_modules', '.bin', 'tsc')
/** Where the SDKs are found, and nothing else looks. */
const SDK_MODULES = join(import.meta.dir, '..', 'sdk', 'node_modules')

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='

/** Everything there is to set, with words that languages might trip over. */
const FULL: Omit<Question, 'format' | 'isStreamed'> = {
  model: 'demo',
  system: 'It\'s "brief" — $HOME `ls` \\',
  turns: [
    {
      role: 'user',
      id: '1',
      text: 'Look, 你好 🎉',
      images: [{ name: 'dot.png', mediaType: 'image/png', base64: PIXEL }],
    },
    {
      role: 'assistant',
      id: '2',
      parts: [{ kind: 'call', id: 'call_1', name: 'weather_in', arguments: '{"city":"Brest","wet":true}' }],
    },
    { role: 'tool', id: '3', results: [{ callId: 'call_1', name: 'weather_in', text: 'wet\nand cold' }] },
    { role: 'user', id: '4', text: 'So?', images: [] },
  ],
  tools: [
    {
      name: 'weather_in',
      description: 'How it is',
      schema: {
        type: 'object',
        properties: { city: { type: 'string' }, wet: { type: 'boolean', default: false } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  ],
  settings: { maxTokens: 500, temperature: 0.5, topP: 0.9, thinking: { effort: 'low' } },
}

/** By what a snippet of a language is run. */
const RUNS: Readonly<Record<Snippet['language'], string>> = { curl: 'sh', Python: 'python', TypeScript: 'js' }

interface Row {
  readonly title: string
  readonly run: string
  readonly request: PlaygroundRequest
  readonly snippet: Snippet
}

const rowsOf = (format: Format, isStreamed: boolean): readonly Row[] => {
  const request = requestOf({ ...FULL, format, isStreamed })
  return (['curl', 'Python', 'TypeScript'] as const).flatMap((language) => {
    // Google's SDK for Python is not among those that are installed.
    if (format === 'gemini' && language === 'Python') return []
    const run = `run-${format}-${isStreamed ? 'streamed' : 'whole'}-${language}`
    const facts = { baseUrl: `${front.url.origin}/${run}`, model: FULL.model, isStreamed }
    const snippet = snippetsOf(request, facts).find((one) => one.language === language)
    return snippet
      ? [{ title: `${format}, ${isStreamed ? 'streamed' : 'whole'}, ${language}`, run, request, snippet }]
      : []
  })
}

const rows = FORMATS.flatMap((format) => [...rowsOf(format, false), ...rowsOf(format, true)])

/** As somebody's own project might compile it: strictly, against the SDK's own types. */
const complaints = (codes: ReadonlyMap<string, string>): string => {
  const folder = mkdtempSync(join(SDK_MODULES, '.playground-'))
  for (const [name, code] of codes) writeFileSync(join(folder, `${name}.ts`), code)
  const flags =
    '--noEmit --strict --skipLibCheck --module preserve --moduleResolution bundler --target esnext --pretty false --ignoreConfig'
  const files = [...codes.keys()].map((name) => `${name}.ts`)
  const { stdout, error } = spawnSync(TSC, [...flags.split(' '), '--types', 'node', ...files], {
    cwd: folder,
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  if (error) throw error
  return stdout
}

/** Everything that changes what is written for an SDK. */
const SETTINGS: readonly Question['settings'][] = [
  {},
  FULL.settings,
  { maxTokens: 64, temperature: 1 },
  { topP: 0.5, thinking: { effort: 'none' } },
  { thinking: { effort: 'medium' } },
  { thinking: { effort: 'high' }, showsThinking: true },
  { thinking: { budgetTokens: 2_000 }, showsThinking: true },
]

describe('TypeScript that the playground gives to copy', () => {
  test('is what a strict compiler takes, whatever is set', () => {
    const codes = new Map(
      FORMATS.flatMap((format) =>
        [true, false].flatMap((isStreamed) =>
          SETTINGS.map((settings, at): [string, string] => {
            const request = requestOf({ ...FULL, settings, format, isStreamed })
            const made = snippetsOf(request, { baseUrl: 'https://gate.example', model: FULL.model, isStreamed })
            const code = made.find(({ language }) => language === 'TypeScript')?.code ?? ''
            return [`${format}-${isStreamed ? 'streamed' : 'whole'}-${at}`, code]
          }),
        ),
      ),
    )
    expect(complaints(codes)).toBe('')
  })

  test('would be found out by it', () => {
    const wrong = "import OpenAI from 'openai'\nawait new OpenAI().models.list({ page: true })\n"
    expect(complaints(new Map([['wrong', wrong]]))).toContain('error TS')
  })
})

/** Google's newest SDK has another version in its path, which means the same here. */
const plain = (path: string): string => path.replace('/v1beta/', '/v1/')

describe('what the playground gives to copy', () => {
  test.each(rows.map((row): [string, Row] => [row.title, row]))('for %s sends the very request', async (_, row) => {
    const { code, output } = await bench.run(RUNS[row.snippet.language], row.snippet.code)
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' })
    expect(output).toContain('demo provider')
    const sent = noted.get(row.run)
    expect(sent?.body as unknown).toEqual(row.request.body)
    expect(plain(sent?.path ?? '')).toBe(plain(row.request.path))
  })
})

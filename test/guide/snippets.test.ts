import { afterAll, describe, expect, test } from 'bun:test'
import { formatFault, loadConfig } from '../../src/config/load.ts'
import { startGateway } from '../harness/gateway.ts'
import { ownPages, type Snippet, snippetsOf } from './pages.ts'
import { createBench, isRead, isRun, type Ran, readSnippet } from './run-snippet.ts'

/**
 * Every snippet of the guide, as the server fills it in, is run against a gateway of the demo provider, or read as the
 * language it is in. What needs a desktop or an installation says so, and there may not be more and more of that.
 */

const NOT_RUN_MAX = 40

const gateway = await startGateway({
  config: { providers: { demo: { kind: 'demo' } }, aliases: { 'house/smart': 'demo' } },
})
const { key } = await gateway.createCustomer('1000')
const bench = createBench(key)
afterAll(async () => {
  await gateway.stop()
  bench.remove()
})

/** The snippets of a page as its reader gets them, each with what its source says of running it. */
const served = async (slug: string, sources: readonly Snippet[]): Promise<readonly Snippet[]> => {
  const answer = await fetch(`${gateway.url}/docs/${slug}.md`)
  if (answer.status !== 200) throw new Error(`/docs/${slug}.md: ${answer.status}`)
  const filled = snippetsOf({ slug, markdown: await answer.text() })
  if (filled.length !== sources.length) throw new Error(`${slug} is served with other snippets than it has`)
  return filled.map((snippet, index) => ({ ...snippet, noRun: sources[index]?.noRun }))
}

const snippets = (await Promise.all(ownPages.map((page) => served(page.slug, snippetsOf(page))))).flat()
const named = (chosen: readonly Snippet[]): [string, Snippet][] =>
  chosen.map((snippet) => [`${snippet.where} (${snippet.language})`, snippet])
const runnable = snippets.filter(({ language, noRun }) => isRun(language) && noRun === undefined)
const readable = snippets.filter(({ language }) => isRead(language))
/** Commands of the set-up have tests of their own, with real clients. */
const isSetUp = ({ text }: Snippet): boolean => /\/setup\/[a-z-]+\.(?:sh|ps1) \|/.test(text)
const notRun = snippets.filter((snippet) => snippet.noRun !== undefined && !isSetUp(snippet))

/** Each is mostly waited for while it loads its SDK: two at a time, in the order of the tests. */
const AT_ONCE = 2
const started = runnable.reduce<readonly Promise<Ran>[]>((before, { language, text }, at) => {
  const turn = before[at - AT_ONCE] ?? Promise.resolve()
  return [...before, turn.then(() => bench.run(language, text))]
}, [])
const ran = new Map(runnable.map((snippet, at) => [snippet, started[at]]))

describe('snippets that are run', () => {
  test.each(named(runnable))('%s ends well', async (_, snippet) => {
    const { text } = snippet
    const { code, output } = (await ran.get(snippet)) ?? { code: null, output: 'it was not run' }
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' })
    // What only sets variables, or writes a file, has nothing to say.
    if (/\bprint\(|console\.log|^curl (?!.*-o )/m.test(text)) expect(output.trim()).not.toBe('')
  })
})

describe('snippets that are read', () => {
  test.each(named(readable))('%s is of its language', (_, { language, text }) => {
    expect(readSnippet(language, text)).not.toBe('')
  })

  test('every configuration of Tollgate among them is right', () => {
    const environment = { OPENAI_API_KEY: 'a-value-long-enough', ANTHROPIC_API_KEY: 'a-value-long-enough' }
    const configurations = readable.filter(({ text }) => /^(?:providers|aliases):/m.test(text))
    expect(configurations.length).toBeGreaterThan(2)
    for (const { where, text } of configurations) {
      const loaded = loadConfig({ text, environment })
      expect([where, ...(loaded.ok ? [] : loaded.error.map(formatFault))]).toEqual([where])
    }
  })
})

describe('snippets that are not run', () => {
  test('say why, and are not many', () => {
    expect(notRun.filter(({ noRun = '' }) => noRun.length < 10).map(({ where }) => where)).toEqual([])
    expect(notRun.length).toBeLessThanOrEqual(NOT_RUN_MAX)
    expect(runnable.length).toBeGreaterThan(60)
  })

  test('are all of the languages that could be run, or of Windows', () => {
    const others = snippets.filter(
      ({ language, noRun }) => !isRun(language) && !isRead(language) && noRun === undefined,
    )
    expect(others.filter(({ language }) => language !== 'text').map(({ where }) => where)).toEqual([])
  })

  test.each(named(notRun.filter(({ language }) => language === 'sh')))(
    '%s is a script all the same',
    async (_, { text }) => {
      const { code, output } = await bench.run('sh', `exit 0\n${text}`)
      expect({ code, output }).toEqual({ code: 0, output: '' })
    },
  )
})

test('nothing of a page is left to fill in, and a key that nobody has said is none', () => {
  for (const { where, text } of snippets) {
    expect([where, text.match(/\{\{\w+\}\}/g)]).toEqual([where, null])
    expect([where, text.match(/sk-tg-(?!YOUR-KEY)\w+/g)]).toEqual([where, null])
  }
})

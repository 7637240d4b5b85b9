import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { allFiles, sourceFiles, writtenFiles } from './files.ts'
import { longFunctions } from './functions.ts'

const LINES_MAX = 400
const FUNCTION_LINES_MAX = 70

interface Ban {
  readonly what: RegExp
  readonly allowed: RegExp
  readonly instead: string
}

const BANS: readonly Ban[] = [
  { what: /\bprocess\.env\b/, allowed: /^src\/(main|config\/.*|cli\/.*)\.ts$/, instead: 'take the value from Config' },
  { what: /\bBun\.|from 'bun/, allowed: /^src\/runtime\//, instead: 'put what needs the platform in src/runtime' },
  {
    what: /\bsql`|\.prepare\(/,
    allowed: /^src\/(db|ledger|runtime)\//,
    instead: 'add a function under db/ or ledger/',
  },
  {
    what: /\b(kind|vendor|provider)(\.id|\.kind)* === '(openai|anthropic|gemini|google|deepseek|mistral|groq|azure|bedrock|vertex)|baseUrl\.(includes|startsWith)|model\.(includes|startsWith)\(/,
    allowed: /^src\/providers\//,
    instead: 'add a field to the provider row or dialect',
  },
  { what: /\bNumber\([^)]*[uU]sd|parseFloat\(/, allowed: /^$/, instead: 'keep money in bigint NanoUsd' },
  { what: /catch (\(\w+\) )?\{\s*\}/, allowed: /^$/, instead: 'return or map the error' },
  { what: /\bas any\b|: any\b|@ts-ignore|@ts-expect-error/, allowed: /^$/, instead: 'name the type' },
]

const withoutComments = (text: string): string => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')

/** What has outgrown its limit, in source and tests alike. */
const sizeFaultsOf = (path: string, text: string): readonly string[] => {
  const lines = text.replace(/\n$/, '').split('\n').length
  const long = lines > LINES_MAX ? [`${path}: ${lines} lines, at most ${LINES_MAX}`] : []
  const functions = longFunctions(text, FUNCTION_LINES_MAX).map(
    (found) => `${path}:${found.line}: a function of ${found.lines} lines`,
  )
  return [...long, ...functions]
}

/** What source does that belongs elsewhere, or nowhere. */
const bannedIn = (path: string, text: string): readonly string[] =>
  BANS.flatMap(({ what, allowed, instead }) => {
    const found = allowed.test(path) ? null : what.exec(withoutComments(text))
    return found ? [`${path}: ${found[0]}: ${instead}`] : []
  })

/** A call whose body has so many lines. */
const filled = (opening: string, count: number): string => `${opening}\n${'  step()\n'.repeat(count)}})\n`

describe('tidy', () => {
  test('no file or function outgrows its limit, tests among them', () => {
    const faults = ['src', 'test', 'bench', 'tools', 'bin', 'console/src', 'console/build']
      .flatMap(writtenFiles)
      .flatMap((path) => sizeFaultsOf(path, readFileSync(path, 'utf8')))
    expect(faults).toEqual([])
  })

  test('each thing is done in its own place', () => {
    const files = ['src', 'console/src'].flatMap(sourceFiles)
    expect(files.flatMap((path) => bannedIn(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  test('planted violations are found', () => {
    const planted = [
      bannedIn('src/gateway/a.ts', 'const x = process.env.HOME'),
      bannedIn('src/http/b.ts', 'Bun.serve({})'),
      bannedIn('src/routing/c.ts', "if (kind === 'openai') go()"),
      bannedIn('src/metering/d.ts', 'parseFloat(price)'),
      sizeFaultsOf('src/gateway/e.ts', `const f = () => {\n${'  step()\n'.repeat(69)}}\n`),
      sizeFaultsOf('src/gateway/f.test.ts', '\n'.repeat(401)),
      sizeFaultsOf('src/gateway/g.test.ts', filled("test('a', () => {", 69)),
      sizeFaultsOf('src/gateway/h.test.ts', filled("test.each([\n  [1],\n])('%s', () => {", 69)),
    ]
    expect(planted.map((faults) => faults.length)).toEqual(planted.map(() => 1))
  })

  test('what is just within the limits is not, and neither is a long group of tests', () => {
    const planted = [
      sizeFaultsOf('src/gateway/a.ts', `const f = () => {\n${'  step()\n'.repeat(68)}}\n`),
      sizeFaultsOf('src/gateway/b.test.ts', '\n'.repeat(400)),
      sizeFaultsOf('src/gateway/c.test.ts', filled("describe('a', () => {", 200)),
      sizeFaultsOf('src/gateway/d.test.ts', filled("describe.each([\n  [1],\n])('%s', () => {", 200)),
    ]
    expect(planted.flat()).toEqual([])
  })

  test('no fixture, document or source holds a secret of the form vendors use', () => {
    const SECRET = /\bsk-ant-api\d\d-[\w-]{20}|\bsk-proj-[\w-]{20}|\bAIza[\w-]{35}\b|\bghp_\w{30}/
    const files = ['src', 'test', 'docs', 'bench', 'console/src']
      .flatMap(allFiles)
      .filter((path) => /\.(ts|json|md|yaml|mjs|py)$/.test(path) && !/node_modules|\.cache/.test(path))
    // Tests of the redaction need such forms, made up.
    expect(
      files.filter((path) => !/src\/.*\.test\.ts$|test\/tidy/.test(path) && SECRET.test(readFileSync(path, 'utf8'))),
    ).toEqual([])
  })
})

import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { allFiles, sourceFiles } from './files.ts'
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

const faultsOf = (path: string, text: string): readonly string[] => {
  const lines = text.split('\n').length
  const long = lines > LINES_MAX ? [`${path}: ${lines} lines, at most ${LINES_MAX}`] : []
  const functions = longFunctions(text, FUNCTION_LINES_MAX).map(
    (found) => `${path}:${found.line}: a function of ${found.lines} lines`,
  )
  const banned = BANS.flatMap(({ what, allowed, instead }) => {
    const found = allowed.test(path) ? null : what.exec(withoutComments(text))
    return found ? [`${path}: ${found[0]}: ${instead}`] : []
  })
  return [...long, ...functions, ...banned]
}

describe('tidy', () => {
  test('no file or function outgrows its limit, and each thing is done in its own place', () => {
    const faults = sourceFiles('src').flatMap((path) => faultsOf(path, readFileSync(path, 'utf8')))
    expect(faults).toEqual([])
  })

  test('planted violations are found', () => {
    const planted = [
      faultsOf('src/gateway/a.ts', 'const x = process.env.HOME'),
      faultsOf('src/http/b.ts', 'Bun.serve({})'),
      faultsOf('src/routing/c.ts', "if (kind === 'openai') go()"),
      faultsOf('src/metering/d.ts', 'parseFloat(price)'),
      faultsOf('src/gateway/e.ts', `const f = () => {\n${'  step()\n'.repeat(71)}}\n`),
      faultsOf('src/gateway/f.ts', '\n'.repeat(400)),
    ]
    expect(planted.map((faults) => faults.length)).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('no fixture, document or source holds a secret of the form vendors use', () => {
    const SECRET = /\bsk-ant-api\d\d-[\w-]{20}|\bsk-proj-[\w-]{20}|\bAIza[\w-]{35}\b|\bghp_\w{30}/
    const files = ['src', 'test', 'docs', 'bench']
      .flatMap(allFiles)
      .filter((path) => /\.(ts|json|md|yaml|mjs|py)$/.test(path) && !/node_modules|\.cache/.test(path))
    // Tests of the redaction need such forms, made up.
    expect(
      files.filter((path) => !/src\/.*\.test\.ts$|test\/tidy/.test(path) && SECRET.test(readFileSync(path, 'utf8'))),
    ).toEqual([])
  })
})

import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type ConfigFault, formatFault, loadConfig } from './load.ts'

const faultsOf = (text: string, environment: Readonly<Record<string, string>> = {}): ConfigFault[] => {
  const loaded = loadConfig({ text, environment })
  if (loaded.ok) throw new Error('no mistake was found')
  return loaded.error
}

describe('every mistake at once', () => {
  test('wrong values, unknown keys and broken references are reported together, each once', () => {
    const faults = faultsOf(`
listen: { prot: 8000, port: 99999 }
limits: { per_ip: { rpm: many } }
providers: { a: { kind: opanai } }
channels: [{ id: x, provider: b, groups: [nope] }, { id: x, provider: a }]
aliases: { one: two, two: three }
catalogue: ./nowhere.json
`)
    const paths = faults.map(({ path }) => path).sort()
    expect(paths).toEqual([
      'aliases.one',
      'catalogue',
      'channels[0].groups[0]',
      'channels[0].provider',
      'channels[1].id',
      'limits.per_ip.rpm',
      'listen.port',
      'listen.prot',
      'providers.a.kind',
    ])
  })

  const cases: [title: string, text: string, path: string, expected: RegExp, found: RegExp][] = [
    ['an unknown key', 'listen: { prot: 1 }', 'listen.prot', /did you mean `port`/, /unknown key/],
    ['an unknown key unlike any', 'zzzzz: 1', 'zzzzz', /one of the keys listen/, /unknown key/],
    ['a wrong kind', 'providers: { a: { kind: opanai } }', 'providers.a.kind', /did you mean `openai`/, /"opanai"/],
    [
      'a command without a name',
      'providers: { a: { kind: claude-cli, claude_cli: { command: "" } } }',
      'providers.a.claude_cli.command',
      /a command/,
      /nothing|""/,
    ],
    ['a missing kind', 'providers: { a: }', 'providers.a.kind', /one of/, /nothing/],
    ['an id with a blank', 'providers: { "a b": { kind: demo } }', 'providers["a b"]', /an id of letters/, /"a b"/],
    ['no address', 'providers: { a: { kind: openai-compatible } }', 'providers.a.base_url', /has none/, /nothing/],
    ['not an address', 'public_url: ftp://x', 'public_url', /http/, /"ftp:/],
    [
      'a protocol not spoken',
      'providers: { a: { kind: anthropic, protocol: gemini } }',
      'providers.a.protocol',
      /speaks/,
      /"gemini"/,
    ],
    ['local mode for all', 'auth: none\nlisten: { host: 0.0.0.0 }', 'listen.host', /loopback/, /"0.0.0.0"/],
    ['another Redis', 'redis: http://h', 'redis', /redis:/, /not shown/],
    ['a Redis with a path', 'redis: redis://h/zero', 'redis', /redis:/, /not shown/],
    ['PostgreSQL without a database', 'database: postgres://u:p@h', 'database', /postgres:/, /not shown/],
    ['another database', 'database: mysql://h/d', 'database', /sqlite:/, /not shown/],
    ['no catalogue', 'catalogue: ./nowhere.json', 'catalogue', /a readable file/, /ENOENT/],
    ['a retired alias', 'aliases: { a: b }\nretired: { b: c }', 'aliases.a', /not in `retired`/, /"b"/],
    ['two lives', 'aliases: { a: b }\nretired: { a: c }', 'aliases.a', /not in `retired` as well/, /both/],
    ['a retired successor', 'retired: { a: b, b: c }', 'retired.a', /not retired itself/, /"b"/],
    ['a list for a section', 'listen: [1]', 'listen', /a section with the keys host, port/, /a list/],
    ['text for a list', 'channels: main', 'channels', /a list of sections/, /"main"/],
    ['a discount above one', 'plans: { p: { discount: "1.01" } }', 'plans.p.discount', /from `"0"` to `"1"`/, /"1.01"/],
    ['a rule nobody knows', 'plans: { p: { on_disconnect: x } }', 'plans.p.on_disconnect', /`drain`/, /"x"/],
    ['a list as the file', '[1, 2]', '', /a section of keys/, /something else/],
  ]
  test.each(cases)('%s is named with its place', (_, text, path, expected, found) => {
    const faults = faultsOf(text)
    expect(faults.map((fault) => fault.path)).toEqual([path])
    expect(faults[0]?.expected).toMatch(expected)
    expect(faults[0]?.found).toMatch(found)
  })

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('local mode may listen on %s', (host) => {
    expect(loadConfig({ text: `auth: none\nlisten: { host: "${host}" }`, environment: {} }).ok).toBe(true)
  })
})

describe('syntax', () => {
  test('a syntax error is named with its line and column', () => {
    expect(faultsOf('listen:\n  port: [1\nauth: none\n')[0]?.path).toMatch(/^line \d+, column \d+$/)
  })
  test('a key that is there twice is a mistake', () => {
    expect(faultsOf('auth: none\nauth: required\n')).toMatchObject([
      { path: 'line 2, column 1', expected: 'each key once' },
    ])
  })
  test('references to references are refused before they fill the memory', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner =
        level === 0
          ? '[x,x,x,x,x,x,x,x,x]'
          : `[${Array(9)
              .fill(`*a${level - 1}`)
              .join(',')}]`
      return `k${level}: &a${level} ${inner}`
    })
    expect(faultsOf(levels.join('\n'))[0]?.expected).toMatch(/at most 100 aliases/)
  })
  test.each(['a: *nowhere', '%TAG\n---\na: !x y', '"\\q"', 'a: b: c', '\ta: 1', '--- a\n--- b'])(
    '%p is refused, not thrown',
    (text) => {
      expect(loadConfig({ text, environment: {} }).ok).toBe(false)
    },
  )
})

describe('secrets', () => {
  const SECRET = 'sk-ant-api03-SECRETSECRETSECRET'
  const texts = [
    `providers: { a: { kind: anthropic, keys: ${SECRET} } }`,
    `providers: { a: { kind: anthropic, keys: [{ key: ${SECRET}, weight: ${SECRET} }] } }`,
    `providers: { a: { kind: anthropic, proxy: [${SECRET}], keys: [{ key: [${SECRET}] }, { kye: ${SECRET} }] } }`,
    `providers: { a: { kind: anthropic, keys: [[${SECRET}]], key: ${SECRET} } }`,
    `admin_key: [${SECRET}]`,
    `${SECRET}: 1`,
    `listen: { port: ${SECRET} }`,
    `database: postgres://user:${SECRET}@host`,
    `database: postgres://user:${SECRET}/more@host/db`,
    `redis: redis://:${SECRET}@host/path`,
    `redis: redis://:${SECRET}/more@host`,
    `auth: "${SECRET}`,
    `auth: ${SECRET}: x`,
    `a: *${SECRET}`,
    `a: !${SECRET} b`,
    `providers: { "${SECRET} x": { kind: demo } }`,
    `public_url: "${SECRET}"`,
  ]
  test.each(texts)('a mistake in %p does not show the key', (text) => {
    const shown = faultsOf(text).map(formatFault).join('\n')
    expect(shown).not.toContain('SECRETSECRET')
  })

  test('what came from a variable is named, not shown, even in the wrong place', () => {
    const shown = faultsOf('listen: { port: "${K}", host: "${K}" }\nauth: ${K}', {
      K: 'hunter2',
      TOLLGATE_LOG_LEVEL: 'hunter2',
    })
    expect(shown.map(({ found }) => found)).toEqual([
      'the value of ${K}',
      'the value of ${K}',
      'the value of TOLLGATE_LOG_LEVEL',
    ])
  })

  test('the address of a vendor key variable is not shown either', () => {
    const faults = faultsOf('', { OPENAI_API_KEY: 'a\u0001b', OPENAI_BASE_URL: 'hunter2' })
    expect(faults.map(({ found }) => found).sort()).toEqual([
      'the value of OPENAI_API_KEY',
      'the value of OPENAI_BASE_URL',
    ])
  })
})

test('no text makes the loader throw', () => {
  const value = fc.letrec((tie) => ({
    leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.double()),
    node: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            'listen',
            'providers',
            'channels',
            'kind',
            'groups',
            'keys',
            '__proto__',
            'aliases',
            'limits',
          ),
          fc.string(),
        ),
        tie('node'),
        { maxKeys: 5 },
      ),
    ),
  })).node
  fc.assert(
    fc.property(value, (tree) => {
      const loaded = loadConfig({ text: JSON.stringify(tree), environment: {} })
      expect(typeof loaded.ok).toBe('boolean')
    }),
    { numRuns: 100, seed: 7 },
  )
})

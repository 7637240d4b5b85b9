import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nanoUsd, partsPerMillion } from '../units.ts'
import { databaseName } from './databases.ts'
import { type Config, type ConfigFault, formatFault, loadConfig } from './load.ts'

type Environment = Readonly<Record<string, string>>

const load = (text: string, environment: Environment = {}): Config => {
  const loaded = loadConfig({ text, environment })
  if (!loaded.ok) throw new Error(loaded.error.map(formatFault).join('\n'))
  return loaded.value
}

const faultsOf = (text: string, environment: Environment = {}): ConfigFault[] => {
  const loaded = loadConfig({ text, environment })
  if (loaded.ok) throw new Error('no mistake was found')
  return loaded.error
}

const ONE_PROVIDER = 'providers: { main: { kind: openai, keys: [sk-vendor-abcdefghijkl] } }\n'

const UNLIMITED = { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null }

describe('trusted proxies', () => {
  test('are addresses and networks, and an unset variable leaves none behind', () => {
    const { listen } = load('listen: { trusted_proxies: [10.0.0.0/8, "2001:db8::1", "${PROXY:-}"] }')
    expect(listen.trustedProxies).toEqual(['10.0.0.0/8', '2001:db8::1'])
  })

  test('that are neither are named with their place', () => {
    expect(faultsOf('listen: { trusted_proxies: [127.0.0.1, proxy.internal] }').map(formatFault)).toEqual([
      'listen.trusted_proxies[1]: expected an IP address or a network such as `10.0.0.0/8` or `2001:db8::/32`, found "proxy.internal"',
    ])
  })
})

describe('defaults', () => {
  test('an empty configuration is a whole one, with every limit set', () => {
    const config = load('')
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 8000, trustedProxies: [] })
    expect(config.database).toEqual({ kind: 'sqlite', path: './data/tollgate.db' })
    expect(config.auth).toBe('required')
    expect(config.adminKey).toBeNull()
    expect(config.limits).toEqual({
      perIp: { rpm: 60, burst: 10 },
      perKey: { ...UNLIMITED, rpm: 60_000 },
      perUser: UNLIMITED,
      perProject: UNLIMITED,
      models: new Map(),
      redisTimeoutMs: 100,
      onOutage: 'local',
      replicasMin: 1,
      bodyBytes: 50_000_000,
      jsonDepth: 100,
      eventBytes: 16_777_216,
      deliveredBytes: 1_048_576,
      answerBytes: 67_108_864,
      databaseQueue: 100_000,
      databaseConnections: 10,
      limiterSubjects: 100_000,
      keyCacheEntries: 100_000,
      keyCacheTtlMs: 30_000,
    })
    expect(config.timeouts).toEqual({ connectMs: 10_000, firstByteMs: 600_000, idleMs: 300_000, totalMs: 3_600_000 })
    expect(config.billing).toEqual({ onDisconnect: 'delivered', holdTimeoutMs: 900_000, drainTimeoutMs: 60_000 })
    expect(config.retry).toEqual({ attempts: 3, totalMs: 120_000, onUntouched: 1 })
    expect(config.shutdownTimeoutMs).toBe(120_000)
    expect(config.groups.get('default')).toEqual({
      multiplier: partsPerMillion(1_000_000n),
      cacheBreakpoints: false,
      cacheTtl: null,
      strategy: 'weighted',
      hedgeAfterMs: null,
      rules: [],
      limits: UNLIMITED,
    })
    expect(config.warnings).toEqual([])
  })

  test('keys with nothing under them count as absent', () => {
    const config = load('listen:\nlimits:\n  per_ip:\nproviders:\nshutdown_timeout:\nredis:\n')
    expect(config.limits.perIp.rpm).toBe(60)
    expect([...config.providers.keys()]).toEqual(['demo'])
  })

  test('null switches a limit off where a limit may be off', () => {
    expect(load('limits: { per_key: { rpm: null } }').limits.perKey).toEqual(UNLIMITED)
  })

  test('every subject has limits of its own', () => {
    const { groups, plans, limits } = load(
      'groups: { team: { limits: { itpm: 1 } } }\nplans: { pro: { otpm: 2, concurrency: 3 } }\n' +
        'limits: { per_user: { concurrency: 4 }, per_project: { tpm: 5 }, models: { "acme/m.1": { rpm: 6 } } }',
    )
    expect(groups.get('team')?.limits).toEqual({ ...UNLIMITED, itpm: 1 })
    expect(groups.get('default')?.limits).toEqual(UNLIMITED)
    expect(plans.get('pro')).toMatchObject({ ...UNLIMITED, otpm: 2, concurrency: 3 })
    expect(limits.perUser).toEqual({ ...UNLIMITED, concurrency: 4 })
    expect(limits.perProject).toEqual({ ...UNLIMITED, tpm: 5 })
    expect(limits.models.get('acme/m.1')).toEqual({ ...UNLIMITED, rpm: 6 })
  })
})

describe('where things are kept', () => {
  test.each([
    ['sqlite:./a b.db', { kind: 'sqlite', path: './a b.db' }],
    ['postgres://u:p%2Fw@host:6000/d?sslmode=require', { kind: 'postgres' }],
    ['postgresql://host/d', { kind: 'postgres' }],
  ] as const)('%s is a database', (written, expected) => {
    const { database } = load(`database: ${written}`)
    expect(database).toEqual(expected.kind === 'sqlite' ? expected : { ...expected, url: written })
  })

  test('the name of a database says where it is, and neither who goes there nor how', () => {
    const { database } = load('database: postgres://user:secret@host:6000/tollgate?sslmode=require')
    expect(databaseName(database)).toBe('postgres://host:6000/tollgate')
    expect(databaseName(load('').database)).toBe('./data/tollgate.db')
  })

  test.each(['redis://h', 'redis://:p%40w@h:6380/2', 'rediss://u:p@h/0'])('%s is a Redis', (written) => {
    expect(load(`redis: ${written}`).redis).toBe(written)
  })
})

describe('providers and channels', () => {
  test('without providers and keys in the environment there is the demo provider', () => {
    const config = load('')
    expect(config.providers.get('demo')?.kind).toBe('demo')
    expect(config.channels).toEqual([
      { id: 'demo', provider: 'demo', groups: ['default'], models: null, modelMap: new Map(), priority: 0, weight: 1 },
    ])
  })

  test('each vendor key in the environment enables its provider, at the address the SDK would use', () => {
    const config = load('', {
      OPENAI_API_KEY: 'sk-one',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1/',
      GEMINI_API_KEY: 'g',
      GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:8',
      DEEPSEEK_API_KEY: '',
    })
    expect([...config.providers.keys()]).toEqual(['openai', 'gemini'])
    expect(config.providers.get('openai')).toMatchObject({
      kind: 'openai',
      keys: [{ key: 'sk-one' }],
      baseUrl: 'http://127.0.0.1:9/v1',
    })
    expect(config.providers.get('gemini')?.baseUrl).toBe('http://127.0.0.1:8')
    expect(config.channels.map(({ id }) => id)).toEqual(['openai', 'gemini'])
  })

  test('a configuration that names providers gets no others', () => {
    expect([...load(ONE_PROVIDER, { ANTHROPIC_API_KEY: 'x' }).providers.keys()]).toEqual(['main'])
  })

  test('a provider takes the time-outs it does not name from the general ones', () => {
    const config = load('timeouts: { idle: 7s }\nproviders: { a: { kind: demo, timeouts: { total: 1h } } }')
    expect(config.providers.get('a')?.timeouts).toEqual({
      connectMs: 10_000,
      firstByteMs: 600_000,
      idleMs: 7_000,
      totalMs: 3_600_000,
    })
  })

  test('empty keys are dropped, so that an absent variable leaves none', () => {
    const text = 'providers: { a: { kind: openai, keys: ["${NOPE:-}", sk-real, ""] } }'
    expect(
      load(text)
        .providers.get('a')
        ?.keys.map(({ key }) => key),
    ).toEqual(['sk-real'])
  })

  test('a channel that is written out keeps its models and names', () => {
    const [channel] = load(
      `${ONE_PROVIDER}channels: [{ id: c, provider: main, models: [a], model_map: { a: b }, priority: 2, weight: 3 }]`,
    ).channels
    expect(channel).toEqual({
      id: 'c',
      provider: 'main',
      groups: ['default'],
      models: ['a'],
      modelMap: new Map([['a', 'b']]),
      priority: 2,
      weight: 3,
    })
  })
})

describe('groups', () => {
  const rows = [
    ['{}', false, null, 0],
    ['{ cache_breakpoints: true }', true, null, 0],
    ['{ cache_breakpoints: true, cache_ttl: 5m }', true, '5m', 0],
    ['{ cache_breakpoints: "true", cache_ttl: 1h }', true, '1h', 0],
    ['{ cache_ttl: 1h }', false, '1h', 1],
  ] as const
  test.each(rows)('%s: breakpoints %p for %p, with %p warnings', (written, cacheBreakpoints, cacheTtl, warned) => {
    const { groups, warnings } = load(`groups: { team: ${written} }`)
    expect(groups.get('team')).toMatchObject({ cacheBreakpoints, cacheTtl })
    expect(warnings).toEqual(
      Array.from({ length: warned }, () => 'groups.team.cache_ttl changes nothing without cache_breakpoints.'),
    )
  })

  test('are opted in by the environment as well', () => {
    const { groups } = load('groups: { default: {} }', { TOLLGATE_GROUPS_DEFAULT_CACHE_BREAKPOINTS: 'true' })
    expect(groups.get('default')?.cacheBreakpoints).toBe(true)
  })

  test('cache for no other time than a vendor does', () => {
    const faults = faultsOf('groups: { team: { cache_breakpoints: maybe, cache_ttl: 24h } }')
    expect(faults.map(({ path }) => path)).toEqual(['groups.team.cache_breakpoints', 'groups.team.cache_ttl'])
  })
})

describe('values', () => {
  const durations = [
    ['15m', 900_000],
    ['120s', 120_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    [250, 250],
    ['250', 250],
  ] as const
  test.each(durations)('the duration %p is %p ms', (written, expected) => {
    expect(load(`shutdown_timeout: ${written}`).shutdownTimeoutMs).toBe(expected)
  })

  test.each(['0', '-1s', '15 weeks', '30d', 'soon', '[]', 'true', '1e3s'])(
    'the duration %p is a mistake',
    (written) => {
      expect(faultsOf(`shutdown_timeout: ${written}`).map(({ path }) => path)).toEqual(['shutdown_timeout'])
    },
  )

  const sizes = [
    ['50MB', 50_000_000],
    ['16MiB', 16_777_216],
    ['64KiB', 65_536],
    ['1024', 1_024],
  ] as const
  test.each(sizes)('the size %p is %p bytes', (written, expected) => {
    expect(load(`limits: { body_bytes: ${written} }`).limits.bodyBytes).toBe(expected)
  })

  test('money and multipliers are exact, quoted or not', () => {
    const config = load(
      'plans: { p: { discount: 0.70, price_usd: "19.000000001" } }\ngroups: { g: { multiplier: 1.1 } }',
    )
    expect(config.plans.get('p')).toMatchObject({
      discount: partsPerMillion(700_000n),
      priceUsd: nanoUsd(19_000_000_001n),
    })
    expect(config.groups.get('g')?.multiplier).toBe(partsPerMillion(1_100_000n))
  })

  test('a plan that everybody can take for nothing, and that lowers prices, is warned of', () => {
    const { plans, warnings } = load(
      'plans: { staff: { discount: 1 }, kept: { discount: 1, for_sale: false }, sold: { discount: 1, price_usd: 5 }, none: {} }',
    )
    expect([...plans.values()].map(({ forSale }) => forSale)).toEqual([true, false, true, true])
    expect(warnings.filter((warning) => warning.includes('for_sale'))).toEqual([expect.stringContaining('plan staff ')])
  })

  test('a plan may say what a hang-up of its users costs', () => {
    const { plans } = load('plans: { patient: { on_disconnect: drain }, plain: {} }')
    expect([...plans.values()].map(({ onDisconnect }) => onDisconnect)).toEqual(['drain', null])
  })

  test('names from outside are keys of maps, whatever they are', () => {
    const config = load('aliases: { constructor: a, "x/y": b }')
    expect([...config.aliases]).toEqual([
      ['constructor', 'a'],
      ['x/y', 'b'],
    ])
    expect(config.aliases.get('toString')).toBeUndefined()
  })
})

describe('variables', () => {
  test('${NAME} and ${NAME:-default} are put in, and $${ is a plain ${', () => {
    const text = 'public_url: "http://${HOST}:${PORT:-80}"\nadmin_key: "a$${b}-${EMPTY:-filled}"'
    const config = load(text, { HOST: 'h', EMPTY: '' })
    expect(config.publicUrl).toBe('http://h:80')
    expect(config.adminKey).toBe('a${b}-filled')
  })

  test('a variable may stand for a number, and an empty one for nothing', () => {
    const config = load('listen: { port: "${PORT}" }\nadmin_key: "${KEY}"', { PORT: '9000', KEY: '' })
    expect(config.listen.port).toBe(9_000)
    expect(config.adminKey).toBeNull()
  })

  test('one that is not set is a mistake with its path, unless the value is overridden', () => {
    const text = 'admin_key: ${NOPE}\nlisten: { host: "${broken" }'
    expect(faultsOf(text).map(({ path }) => path)).toEqual(['admin_key', 'listen.host'])
    const overridden = load('admin_key: ${NOPE}', { TOLLGATE_ADMIN_KEY: 'from-the-environment' })
    expect(overridden.adminKey).toBe('from-the-environment')
  })

  test('TOLLGATE_ variables replace scalars anywhere in the tree', () => {
    const text = 'providers: { claude-main: { kind: anthropic } }\nchannels: [{ id: c, provider: claude-main }]'
    const config = load(text, {
      TOLLGATE_LISTEN_PORT: '81',
      TOLLGATE_LIMITS_PER_IP_RPM: '5',
      TOLLGATE_PROVIDERS_CLAUDE_MAIN_BASE_URL: 'http://127.0.0.1:1',
      TOLLGATE_CHANNELS_0_WEIGHT: '9',
      TOLLGATE_LOG_BODIES: 'true',
      TOLLGATE_SHUTDOWN_TIMEOUT: '',
    })
    expect(config.listen.port).toBe(81)
    expect(config.limits.perIp.rpm).toBe(5)
    expect(config.providers.get('claude-main')?.baseUrl).toBe('http://127.0.0.1:1')
    expect(config.channels[0]?.weight).toBe(9)
    expect(config.log.bodies).toBe(true)
    expect(config.shutdownTimeoutMs).toBe(120_000)
  })

  test('TOLLGATE_ variables that match nothing are named in a warning', () => {
    const { warnings } = load('', { TOLLGATE_LISTEN_PROT: '1', TOLLGATE_RECORDINGS: '/r', OTHER: '1' })
    expect(warnings).toEqual(['TOLLGATE_LISTEN_PROT is set, but matches no key of the configuration.'])
  })

  test('a variable that would override two keys is a mistake', () => {
    const text = 'providers: { a-b: { kind: demo }, a_b: { kind: demo } }'
    expect(faultsOf(text, { TOLLGATE_PROVIDERS_A_B_BASE_URL: 'http://h' }).map(({ path }) => path)).toEqual([
      'providers.a_b.base_url',
    ])
  })

  test('the command line goes above the environment', () => {
    const options = [{ path: ['listen', 'port'], value: '1', option: '--port' }]
    const loaded = loadConfig({ text: '', environment: { TOLLGATE_LISTEN_PORT: '2' }, options })
    expect(loaded.ok && loaded.value.listen.port).toBe(1)
    const wrong = loadConfig({
      text: '',
      environment: {},
      options: [{ path: ['listen', 'port'], value: 'x', option: '--port' }],
    })
    expect(!wrong.ok && wrong.error).toMatchObject([{ path: 'listen.port', found: '"x" from --port' }])
  })
})

describe('files', () => {
  test('a named file is read, a default one is found, and a missing one is a mistake', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tollgate-'))
    const before = process.cwd()
    try {
      writeFileSync(join(directory, 'tollgate.json'), '{\n\t"listen": {\n\t\t"port": 4 }\n}')
      process.chdir(directory)
      const found = loadConfig({ environment: {} })
      expect(found.ok && [found.value.listen.port, found.value.file]).toEqual([4, 'tollgate.json'])
      const named = loadConfig({ path: join(directory, 'tollgate.json'), environment: {} })
      expect(named.ok && named.value.listen.port).toBe(4)
      const missing = loadConfig({ environment: { TOLLGATE_CONFIG: 'nowhere.yaml' } })
      expect(!missing.ok && missing.error[0]).toMatchObject({ path: '', found: 'ENOENT: none that can be read' })
      writeFileSync('catalogue.json', '{"models": {"m": {"provider": 4}}}')
      expect(faultsOf('catalogue: ./catalogue.json')[0]?.path).toBe('catalogue (./catalogue.json): models.m.provider')
    } finally {
      process.chdir(before)
      rmSync(directory, { recursive: true })
    }
  })

  test('the example configuration is right, with no key set and with all of them', () => {
    const path = new URL('../../tollgate.example.yaml', import.meta.url).pathname
    for (const environment of [{}, { OPENAI_API_KEY: 'sk-x', TOLLGATE_ADMIN_KEY: 'long-enough-to-be-safe' }]) {
      const loaded = loadConfig({ path, environment })
      expect(loaded).toMatchObject({ ok: true, value: { warnings: [] } })
    }
  })
})

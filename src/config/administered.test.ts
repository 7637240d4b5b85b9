import { describe, expect, test } from 'bun:test'
import { type AdministeredEntry, entrySchemaOf, namedFaults, originOf, shownEntry } from './administered.ts'
import { type Base, formatFault, loadBase } from './load.ts'

const baseOf = (text: string, environment: Readonly<Record<string, string>> = {}): Base => {
  const loaded = loadBase({ text, environment })
  if (!loaded.ok) throw new Error(loaded.error.map(formatFault).join('\n'))
  return loaded.value
}
const provider = (id: string, more = {}): AdministeredEntry => ({
  kind: 'provider',
  id,
  body: { kind: 'openai', ...more },
})
const channel = (id: string, of: string, more = {}): AdministeredEntry => ({
  kind: 'channel',
  id,
  body: { provider: of, ...more },
})
const configOf = (base: Base, ...entries: readonly AdministeredEntry[]) => {
  const whole = base.with(entries)
  if (!whole.ok) throw new Error(whole.error.map(formatFault).join('\n'))
  return whole.value
}
const channelsIn = (base: Base, ...entries: readonly AdministeredEntry[]) =>
  configOf(base, ...entries).channels.map(({ id, provider: of, models }) => [id, of, models?.join() ?? null])

const FILE = 'providers: { filed: { kind: openai, keys: [a], models: [gpt-5] } }'

describe('a file and what is administered', () => {
  test('are one configuration, the file first', () => {
    const config = configOf(
      baseOf(`${FILE}\ngroups: { team: { multiplier: "2" } }`),
      provider('added', { keys: [{ key: 'b', id: 'main' }] }),
      provider('filed', { kind: 'anthropic' }),
      { kind: 'group', id: 'default', body: { multiplier: '3' } },
      { kind: 'group', id: 'team', body: { multiplier: '4' } },
      { kind: 'plan', id: 'pro', body: { discount: '0.5' } },
      { kind: 'alias', id: 'fast', body: 'gpt-5-mini' },
      { kind: 'retired', id: 'old', body: 'gpt-5-mini' },
    )
    expect([...config.providers].map(([id, { kind, keys }]) => [id, kind, keys.map(({ key }) => key)])).toEqual([
      ['filed', 'openai', ['a']],
      ['added', 'openai', ['b']],
    ])
    expect([...config.groups].map(([id, { multiplier }]) => [id, String(multiplier)])).toEqual([
      ['default', '3000000'],
      ['team', '2000000'],
    ])
    expect([[...config.plans.keys()], [...config.aliases], [...config.retired]]).toEqual([
      ['pro'],
      [['fast', 'gpt-5-mini']],
      [['old', 'gpt-5-mini']],
    ])
    expect(config.warnings.filter((warning) => warning.includes('the file counts'))).toHaveLength(2)
  })

  test('give a provider the channel of its own for as long as nothing names channels for it', () => {
    const base = baseOf(FILE)
    expect(channelsIn(base, provider('added'))).toEqual([
      ['filed', 'filed', 'gpt-5'],
      ['added', 'added', null],
    ])
    expect(channelsIn(base, provider('added'), channel('one', 'added'), channel('two', 'added'))).toEqual([
      ['filed', 'filed', 'gpt-5'],
      ['one', 'added', null],
      ['two', 'added', null],
    ])
    expect(channelsIn(base, channel('filed', 'filed'))).toEqual([['filed', 'filed', null]])
    const named = baseOf(`${FILE}\nchannels: [{ id: c, provider: filed }]`)
    expect(channelsIn(named, provider('added'), channel('d', 'added'))).toEqual([
      ['c', 'filed', null],
      ['d', 'added', null],
    ])
  })

  test('have the demo provider only for want of another', () => {
    const base = baseOf('')
    expect(originOf(base, 'provider', 'demo')).toBe('implied')
    expect([...configOf(base).providers.keys()]).toEqual(['demo'])
    expect([...configOf(base, provider('added')).providers.keys()]).toEqual(['added'])
    expect([...configOf(base, provider('added'), channel('c', 'demo')).providers.keys()]).toEqual(['demo', 'added'])
    const furnished = baseOf('', { OPENAI_API_KEY: 'a' })
    expect([...configOf(furnished, provider('added')).providers.keys()]).toEqual(['openai', 'added'])
    expect(originOf(furnished, 'provider', 'openai')).toBe('environment')
  })

  test.each([
    [[channel('c', 'nobody')], 'channel c: provider (set through the admin API)'],
    [[channel('c', 'filed', { groups: ['nobody'] })], 'channel c: groups[0] (set through the admin API)'],
    [[provider('added'), channel('added', 'filed')], 'channel added: id (set through the admin API)'],
    [
      [
        { kind: 'alias', id: 'a/b', body: 'gone' },
        { kind: 'retired', id: 'gone', body: 'gpt-5' },
      ],
      'alias a/b (set through the admin API)',
    ],
    [[{ kind: 'group', id: 'g', body: { multiplier: 'x' } }], 'group g: multiplier (set through the admin API)'],
    [[provider('p', { keys: [{ key: 'b', weight: 0 }] })], 'provider p: keys[0].weight (set through the admin API)'],
  ] as [AdministeredEntry[], string][])('%j is a mistake of that entry', (entries, path) => {
    const base = baseOf(FILE)
    const whole = base.with(entries)
    expect(whole.ok ? [] : namedFaults(base.merged(entries), entries, whole.error).map((each) => each.path)).toEqual([
      path,
    ])
  })

  test('is shown with every key, and without what is secret', () => {
    const base = baseOf(FILE)
    const shown = shownEntry(entrySchemaOf(base.schema, 'provider'), {
      ...{ kind: 'openai', proxy: 'http://user:password@host:3128', timeouts: { total: '1m' } },
      spend_stop: { day_usd: 5 },
    })
    expect(shown).toMatchObject({
      ...{ kind: 'openai', base_url: null, proxy: 'http://host:3128', models: null, protocol: null },
      timeouts: { total: '1m', idle: null },
      spend_stop: { day_usd: '5', month_usd: null },
    })
    expect(JSON.stringify(shown)).not.toContain('password')
    expect(shownEntry(entrySchemaOf(base.schema, 'plan'), { rpm: '5' })).toMatchObject({
      discount: '0',
      rpm: 5,
      tpm: null,
    })
    expect(shownEntry(entrySchemaOf(base.schema, 'channel'), { id: 'c' })).toMatchObject({
      groups: ['default'],
      model_map: {},
    })
  })
})

import { describe, expect, test } from 'bun:test'
import { type FamilyRead, readExposition } from '../../test/harness/exposition.ts'
import { LOSS_CODES } from '../canon/losses.ts'
import type { Receipt } from '../canon/receipt.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens, ZERO_USD } from '../units.ts'
import { createMetrics, type MetricsOptions } from './metrics.ts'

const RECEIPT: Receipt = {
  requestId: 'req_1',
  atMs: 0,
  userId: 'user_secret',
  keyId: 'key_secret',
  projectId: 'project_secret',
  group: 'default',
  clientFormat: 'openai-chat',
  upstreamFormat: 'anthropic-messages',
  action: 'generate',
  modelRequested: 'as-the-client-wrote-it',
  modelServed: 'sonnet',
  provider: 'claude',
  channel: 'main',
  attempts: [],
  status: 200,
  stream: true,
  ended: 'whole',
  usage: NO_USAGE,
  usageSource: 'upstream',
  rawUsage: null,
  prices: {
    input: nanoUsdPerMtok(1n),
    output: nanoUsdPerMtok(1n),
    cacheRead: nanoUsdPerMtok(1n),
    cacheWrite5m: nanoUsdPerMtok(1n),
    cacheWrite1h: nanoUsdPerMtok(1n),
    inputAudio: undefined,
    outputAudio: undefined,
  },
  multipliers: { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) },
  quote: ZERO_USD,
  cost: ZERO_USD,
  uncollected: ZERO_USD,
  latencyMs: 700,
  ttftMs: 40,
  overheadMs: 1,
  warnings: [],
}

const MODELS = new Set(['sonnet', 'haiku', 'opus'])
const CHANNELS: Readonly<Record<string, string>> = { main: 'claude', spare: 'openrouter' }

const stage = (more: Partial<MetricsOptions> = {}) => {
  const metrics = createMetrics({
    version: '1.2.3',
    isKnownModel: (id) => MODELS.has(id),
    providerOf: (channel) => CHANNELS[channel],
    ...more,
  })
  const read = async (): Promise<ReadonlyMap<string, FamilyRead>> => readExposition(await metrics.text())
  /** The value of the series with these labels among its own; the sum where there are several. */
  const value = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> => {
    const family = (await read()).get(name.replace(/_(bucket|sum|count)$/, '')) ?? (await read()).get(name)
    const found = (family?.samples ?? []).filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, word]) => sample.labels[label] === word),
    )
    return found.length === 0 ? undefined : found.reduce((sum, sample) => sum + sample.value, 0)
  }
  const record = (receipt: Partial<Receipt> = {}) => metrics.record({ ...RECEIPT, ...receipt })
  return { metrics, read, value, record }
}

const used = (usage: Partial<Record<keyof Usage, number>>): Usage => ({
  ...NO_USAGE,
  ...Object.fromEntries(Object.entries(usage).map(([bucket, count]) => [bucket, tokens(count)])),
})

describe('a settled request', () => {
  test('is counted once, under how it ended', async () => {
    const { record, value } = stage()
    record()
    record()
    record({ status: 502, ended: 'failed' })
    expect(await value('tollgate_requests_total', { status: '2xx', ended: 'whole' })).toBe(2)
    expect(await value('tollgate_requests_total', { status: '5xx', ended: 'failed' })).toBe(1)
    expect(await value('tollgate_requests_total', { client_format: 'openai-chat', provider: 'claude' })).toBe(3)
  })

  test('has each of its tokens in one bucket, reasoning apart', async () => {
    const { record, value, read } = stage()
    const usage = { input: 1, inputAudio: 2, cacheRead: 4, cacheWrite5m: 8, cacheWrite1h: 16, output: 32 }
    record({ usage: used({ ...usage, outputAudio: 64, reasoning: 20 }) })
    record({ usage: used({ input: 100 }) })
    expect(await value('tollgate_tokens_total')).toBe(227)
    expect(await value('tollgate_tokens_total', { bucket: 'input', model: 'sonnet' })).toBe(101)
    expect(await value('tollgate_tokens_total', { bucket: 'cache_write_1h' })).toBe(16)
    expect(await value('tollgate_reasoning_tokens_total')).toBe(20)
    const buckets = (await read()).get('tollgate_tokens_total')?.samples.map(({ labels }) => labels['bucket'])
    expect(buckets).not.toContain('reasoning')
  })

  test('has its cost added up without losing a nano-dollar', async () => {
    const { record, value } = stage()
    // As floats, a hundred thousand of these would have drifted.
    for (let time = 0; time < 100_000; time += 1) record({ cost: nanoUsd(100_000_001n), uncollected: nanoUsd(7n) })
    expect(await value('tollgate_cost_usd_total')).toBe(10_000.0001)
    expect(await value('tollgate_uncollected_usd_total')).toBe(0.0007)
  })

  test('whose usage was not believed is counted as such, and not as a loss of a translation', async () => {
    const { record, value } = stage()
    record({ warnings: ['/usage;usage-implausible'] })
    expect(await value('tollgate_usage_implausible_total', { model: 'sonnet' })).toBe(1)
    expect(await value('tollgate_translation_losses_total')).toBeUndefined()
  })

  test('has its times told in seconds, in buckets', async () => {
    const { record, value } = stage()
    record()
    record({ latencyMs: 400_000, ttftMs: null, overheadMs: 0 })
    const name = 'tollgate_request_duration_seconds'
    expect(await value(`${name}_bucket`, { le: '0.64' })).toBe(0)
    expect(await value(`${name}_bucket`, { le: '1.28' })).toBe(1)
    expect(await value(`${name}_bucket`, { le: '300' })).toBe(1)
    expect(await value(`${name}_bucket`, { le: '+Inf' })).toBe(2)
    expect(await value(`${name}_sum`)).toBe(400.7)
    expect(await value('tollgate_time_to_first_token_seconds_count')).toBe(1)
    expect(await value('tollgate_time_to_first_token_seconds_sum', { stream: 'true' })).toBe(0.04)
    expect(await value('tollgate_overhead_seconds_count')).toBe(2)
    expect(await value('tollgate_overhead_seconds_bucket', { le: '0.001' })).toBe(2)
  })

  test('that died with its process is counted, and tells no times', async () => {
    const { record, value } = stage()
    record({ ended: 'abandoned', status: 0, latencyMs: 0 })
    expect(await value('tollgate_requests_total', { ended: 'abandoned', status: 'none' })).toBe(1)
    expect(await value('tollgate_request_duration_seconds_count')).toBe(0)
  })
})

describe('every loss of a translation is counted', () => {
  test.each([...LOSS_CODES])('%s, between its two formats, without its pointer', async (code) => {
    const { record, value, metrics } = stage()
    record({ warnings: [`/messages/0/secret;x;${code}`, `/response/choices;${code}`, '/tools;simplified'] })
    record({ warnings: [`/n;${code}`], upstreamFormat: 'gemini' })
    const formats = { client_format: 'openai-chat', upstream_format: 'anthropic-messages' }
    expect(await value('tollgate_translation_losses_total', { code, ...formats })).toBe(code === 'simplified' ? 3 : 2)
    expect(await value('tollgate_translation_losses_total', { code, upstream_format: 'gemini' })).toBe(1)
    expect(await metrics.text()).not.toContain('secret')
  })

  test('and one of no known code under other', async () => {
    const { record, value } = stage()
    record({ warnings: ['/a;made-up', 'no code at all', ''] })
    expect(await value('tollgate_translation_losses_total', { code: 'other' })).toBe(3)
  })
})

test('every attempt is counted under its provider and what came of it', async () => {
  const { record, value } = stage()
  const outcomes: readonly (readonly [number, string | null, string])[] = [
    [200, null, 'ok'],
    [429, 'status 429', 'rate_limited'],
    [404, 'status 404', '4xx'],
    [529, 'status 529', '5xx'],
    [0, 'timeout-connect', 'timeout_connect'],
    [0, 'timeout-first-byte', 'timeout_first_byte'],
    [0, 'timeout-idle', 'timeout_idle'],
    [0, 'timeout-total', 'timeout_total'],
    [0, 'aborted', 'client_left'],
    [0, 'too-large', 'too_large'],
    [0, 'untranslatable', 'untranslatable'],
    [0, 'something new', 'other'],
  ]
  record({ attempts: outcomes.map(([status, error]) => ({ channel: 'spare', status, error, ms: 1 })) })
  record({ attempts: [{ channel: 'no longer configured', status: 200, error: null, ms: 1 }] })
  for (const [, , outcome] of outcomes)
    expect([outcome, await value('tollgate_upstream_attempts_total', { provider: 'openrouter', outcome })]).toEqual([
      outcome,
      1,
    ])
  expect(await value('tollgate_upstream_attempts_total', { provider: 'other', outcome: 'ok' })).toBe(1)
})

test('an error is counted under its public code and status', async () => {
  const { metrics, value } = stage()
  metrics.recordError('gemini', 'rate-limit-exceeded')
  metrics.recordError('gemini', 'rate-limit-exceeded')
  // Two kinds that a client cannot tell apart are one series.
  metrics.recordError('gemini', 'no-channel')
  metrics.recordError('gemini', 'model-retired')
  metrics.recordDefect()
  expect(await value('tollgate_errors_total', { client_format: 'gemini', code: 'rate_limit_exceeded' })).toBe(2)
  expect(await value('tollgate_errors_total', { status: '503', code: 'model_not_found' })).toBe(2)
  expect(await value('tollgate_defects_total')).toBe(1)
})

describe('the number of series does not grow with traffic', () => {
  const seriesOf = async (read: () => Promise<ReadonlyMap<string, FamilyRead>>) =>
    [...(await read()).values()].reduce((sum, { samples }) => sum + samples.length, 0)

  test('nor with anything that clients and upstreams make up', async () => {
    const { record, read, metrics } = stage()
    const wild = (time: number): Partial<Receipt> => ({
      requestId: `req_${time}`,
      userId: `user_${time}`,
      keyId: `key_${time}`,
      projectId: `project_${time}`,
      group: `group_${time}`,
      modelRequested: `asked_${time}`,
      modelServed: `served_${time}`,
      channel: `channel_${time}`,
      status: 200 + (time % 300),
      attempts: [{ channel: `channel_${time}`, status: 0, error: `error_${time}`, ms: 1 }],
      warnings: [`/pointer_${time};code_${time}`],
      rawUsage: { [`raw_${time}`]: 1 },
    })
    for (let time = 0; time < 300; time += 1) record(wild(time))
    const before = await seriesOf(read)
    for (let time = 300; time < 5_000; time += 1) record(wild(time))
    expect(await seriesOf(read)).toBe(before)
    expect(await metrics.text()).not.toMatch(/(user|key|project|group|asked|served|channel|error|pointer|code|raw)_\d/)
  })

  test('nor beyond its limit with the catalogue; what is above is counted under model other', async () => {
    const { record, read, value } = stage({ isKnownModel: () => true, alikeMax: 10 })
    for (let time = 0; time < 200; time += 1) record({ modelServed: `model_${time}` })
    expect(await value('tollgate_requests_total')).toBe(200)
    expect(await value('tollgate_requests_total', { model: 'other' })).toBe(190)
    expect((await read()).get('tollgate_requests_total')?.samples.length).toBe(11)
  })
})

test('two who ask at once are told the same, and asking changes nothing', async () => {
  const { record, metrics } = stage()
  record({ cost: nanoUsd(5n), warnings: ['/n;unsupported'] })
  const own = (text: string) => text.replaceAll(/^process_.*$/gm, '')
  const [one, other] = await Promise.all([metrics.text(), metrics.text()])
  expect(own(one)).toBe(own(other))
  expect(own(await metrics.text())).toBe(own(one))
})

test('gauges are read when they are asked for', async () => {
  const { metrics, value } = stage()
  let open = 3
  let shared: { down: boolean; replicas: number; decidedAlone: number } | undefined
  metrics.watch({
    requestsOpen: () => open,
    databaseQueued: () => 17,
    isDatabaseSaturated: () => true,
    limiter: () => ({ subjects: 5, evictedEarly: 2, leases: 1, ...(shared && { shared }) }),
    health: () => [
      { subject: 'key:claude/1', standing: 'blocked', block: { kind: 'refused' } },
      { subject: 'key:claude/2', standing: 'blocked', block: { kind: 'refused' } },
      { subject: 'key:claude/3', standing: 'probe', block: { kind: 'refused' } },
      { subject: 'key-model:claude/1/m:x', standing: 'blocked', block: { kind: 'told-to-wait' } },
      { subject: 'channel:main', standing: 'ready', block: undefined },
    ],
  })
  expect(await value('tollgate_health_blocks', { subject: 'key', kind: 'refused' })).toBe(2)
  expect(await value('tollgate_health_blocks', { subject: 'key-model', kind: 'told-to-wait' })).toBe(1)
  expect(await value('tollgate_health_blocks', { subject: 'channel', kind: 'failing' })).toBe(0)
  expect(await value('tollgate_requests_open')).toBe(3)
  open = 0
  expect(await value('tollgate_requests_open')).toBe(0)
  expect(await value('tollgate_database_queued')).toBe(17)
  expect(await value('tollgate_database_saturated')).toBe(1)
  expect(await value('tollgate_limiter_subjects')).toBe(5)
  expect(await value('tollgate_limiter_places')).toBe(1)
  expect(await value('tollgate_limiter_evicted_total')).toBe(2)
  expect(await metrics.text()).not.toMatch(/^tollgate_limiter_(redis_down|replicas) /m)
  shared = { down: true, replicas: 3, decidedAlone: 9 }
  expect(await value('tollgate_limiter_redis_down')).toBe(1)
  expect(await value('tollgate_limiter_replicas')).toBe(3)
  expect(await value('tollgate_limiter_decided_alone_total')).toBe(9)
  expect(await value('tollgate_build_info', { version: '1.2.3' })).toBe(1)
})

test('the newest comparison with each provider is told, and what cannot be a share is left out', async () => {
  const { metrics, value } = stage()
  const drift = { measure: 'input', difference: -500n, partsPerMillion: -250_000n }
  const cost = { measure: 'cost', difference: 1_500_000_000n, partsPerMillion: null }
  metrics.watchReconciliations(() => [{ provider: 'p', atMs: 1_500, above: 2, totals: [drift, cost] }])
  expect(await value('tollgate_reconciliation_drift_ratio', { measure: 'input' })).toBe(-0.25)
  expect(await metrics.text()).not.toContain('measure="cost"')
  expect(await value('tollgate_reconciliation_drift_usd', { provider: 'p' })).toBe(1.5)
  expect(await value('tollgate_reconciliation_drifts_above_threshold', { provider: 'p' })).toBe(2)
  expect(await value('tollgate_reconciliation_timestamp_seconds', { provider: 'p' })).toBe(1.5)
})

test('the process tells of itself', async () => {
  const { value } = stage()
  expect(await value('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(await value('process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
  expect(await value('process_start_time_seconds')).toBeLessThanOrEqual(Date.now() / 1_000 + 1)
})

test('names and labels that need it are escaped', async () => {
  const { record, value } = stage({ isKnownModel: () => true })
  const model = 'a "quoted" \\ name\nof two lines'
  record({ modelServed: model })
  expect(await value('tollgate_requests_total', { model })).toBe(1)
})

describe('the reader of these tests takes nothing for granted:', () => {
  const HEAD = '# HELP a_total What.\n# TYPE a_total counter\n'
  const HISTOGRAM = '# HELP h What.\n# TYPE h histogram\n'
  test.each([
    ['a last line without an end', `${HEAD}a_total 1`],
    ['a value of no family', 'a_total 1\n'],
    ['a type without help', '# TYPE a_total counter\na_total 1\n'],
    ['a family told twice', `${HEAD}a_total 1\n${HEAD}`],
    ['a value of another family', `${HEAD}b_total 1\n`],
    ['a series told twice', `${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
    ['a counter below zero', `${HEAD}a_total -1\n`],
    ['a value that is no number', `${HEAD}a_total one\n`],
    ['a label without quotes', `${HEAD}a_total{x=1} 1\n`],
    ['a quote that is not escaped', `${HEAD}a_total{x="a"b"} 1\n`],
    ['a label twice', `${HEAD}a_total{x="1",x="2"} 1\n`],
    ['no bucket of all', `${HISTOGRAM}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`],
    ['counts that fall', `${HISTOGRAM}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`],
    ['another count', `${HISTOGRAM}h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
  ])('%s is a mistake', (_, text) => {
    expect(() => readExposition(text)).toThrow()
  })
})

test('failed tries are counted by provider and by how they failed', async () => {
  const { metrics, value } = stage()
  metrics.recordFailure('claude', 'rate-limited')
  metrics.recordFailure('claude', 'rate-limited')
  metrics.recordFailure('openrouter', 'timeout')
  expect(await value('tollgate_upstream_failures_total', { provider: 'claude', failure: 'rate-limited' })).toBe(2)
  expect(await value('tollgate_upstream_failures_total', { provider: 'openrouter' })).toBe(1)
})

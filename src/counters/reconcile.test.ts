import { describe, expect, test } from 'bun:test'
import { nanoUsd } from '../units.ts'
import { type BillLine, makeBill } from './bill.ts'
import { type Counts, type Daily, noCounts } from './daily.ts'
import { comparable, type ReconcileOptions, type ReconciliationReport, reconcile, spanOf } from './reconcile.ts'

const ours = (day: string, model: string, counts: Partial<Counts>): Daily => ({
  day,
  userId: '',
  keyId: '',
  projectId: '',
  model,
  provider: '',
  ...noCounts(),
  ...counts,
})

const theirs = (day: string, model: string | null, tokens: BillLine['tokens'], costNano?: bigint): BillLine => ({
  day,
  model,
  tokens,
  ...(costNano !== undefined && { cost: costNano * 1_000_000_000n }),
})

const OPTIONS: ReconcileOptions = {
  provider: 'p',
  thresholds: { partsPerMillion: 10_000n, tokens: 100n, cost: nanoUsd(1_000n) },
}

/** Rows as `day model: measure theirs/ours`, `!` where it is above the thresholds. */
const shown = ({ rows }: ReconciliationReport): readonly string[] =>
  rows.map(({ day, model, drifts }) => {
    const said = drifts.map((drift) => `${drift.measure} ${drift.theirs}/${drift.ours}${drift.isAbove ? '!' : ''}`)
    return `${day} ${model ?? '*'}: ${said.join(', ')}`
  })

const D20 = '2026-11-20'
const D21 = '2026-11-21'
const D22 = '2026-11-22'

const CASES: readonly (readonly [
  string,
  readonly BillLine[],
  readonly Daily[],
  Partial<ReconcileOptions>,
  readonly string[],
])[] = [
  [
    'the same on both sides',
    [theirs(D20, 'm', { input: 1_000n, output: 50n })],
    [ours(D20, 'm', { input: 1_000n, output: 50n, cacheRead: 9_999n })],
    {},
    [`${D20} m: input 1000/1000, output 50/50`],
  ],
  [
    'audio is in input and output, and cache writes are those of both kinds where they are not told apart',
    [theirs(D20, 'm', { input: 30n, output: 7n, cache_write: 12n })],
    [ours(D20, 'm', { input: 10n, inputAudio: 20n, output: 3n, outputAudio: 4n, cacheWrite5m: 5n, cacheWrite1h: 7n })],
    {},
    [`${D20} m: input 30/30, cache_write 12/12, output 7/7`],
  ],
  [
    'lines of one model under several names add up, and match ours',
    [theirs(D20, 'm-4-5-20260901', { output: 500n }), theirs(D20, 'M 4.5', { output: 500n })],
    [ours(D20, 'm-4.5', { output: 400n }), ours(D20, 'm-4-5-latest', { output: 600n })],
    {},
    [`${D20} m-4.5: output 1000/1000`],
  ],
  [
    'names that have nothing in common match where we are told',
    [theirs(D20, 'deployment-7', { output: 500n })],
    [ours(D20, 'm', { output: 500n })],
    { models: new Map([['deployment-7', 'm']]) },
    [`${D20} m: output 500/500`],
  ],
  [
    'a model or day that only one side knows is a drift',
    [theirs(D20, 'only-theirs', { output: 500n }), theirs(D22, 'm', { output: 500n })],
    [ours(D20, 'only-ours', { output: 400n }), ours(D21, 'm', { output: 300n })],
    {},
    [
      `${D20} only-ours: output 0/400!`,
      `${D20} only-theirs: output 500/0!`,
      `${D21} m: output 0/300!`,
      `${D22} m: output 500/0!`,
    ],
  ],
  [
    'what is above one threshold alone is no drift: much of little, and little of much',
    [
      theirs(D20, 'a', { output: 10n }),
      theirs(D20, 'b', { output: 1_000_000n }),
      theirs(D20, 'c', { output: 1_000_000n }),
    ],
    [ours(D20, 'a', { output: 110n }), ours(D20, 'b', { output: 1_010_000n }), ours(D20, 'c', { output: 989_999n })],
    {},
    [`${D20} a: output 10/110`, `${D20} b: output 1000000/1010000`, `${D20} c: output 1000000/989999!`],
  ],
  [
    'costs are compared with what the provider should bill, not with what we charged',
    [theirs(D20, 'm', {}, 5_000n)],
    [ours(D20, 'm', { providerCostNanoUsd: 5_000n, costNanoUsd: 9_000n })],
    {},
    [`${D20} m: cost 5000/5000`],
  ],
  [
    'a bill that tells no models is compared with all of ours by day',
    [theirs(D20, null, {}, 5_000n), theirs(D20, null, {}, 1_000n)],
    [ours(D20, 'a', { providerCostNanoUsd: 2_000n }), ours(D20, 'b', { providerCostNanoUsd: 4_000n })],
    {},
    [`${D20} *: cost 6000/6000`],
  ],
  [
    'what is billed beside models stands on its own',
    [theirs(D20, 'm', {}, 5_000n), theirs(D20, null, {}, 7_000n)],
    [ours(D20, 'm', { providerCostNanoUsd: 5_000n })],
    {},
    [`${D20} *: cost 7000/0!`, `${D20} m: cost 5000/5000`],
  ],
  [
    'only the days that are asked for are compared',
    [theirs(D20, 'm', { output: 1n }), theirs(D21, 'm', { output: 2n }), theirs(D22, 'm', { output: 3n })],
    [ours(D20, 'm', { output: 1n }), ours(D21, 'm', { output: 2n }), ours(D22, 'm', { output: 999n })],
    { since: D21, until: D21 },
    [`${D21} m: output 2/2`],
  ],
  [
    'our days outside the export are not',
    [theirs(D21, 'm', { output: 2n })],
    [ours(D20, 'm', { output: 999n }), ours(D21, 'm', { output: 2n }), ours(D22, 'm', { output: 999n })],
    {},
    [`${D21} m: output 2/2`],
  ],
]

const compared = (lines: readonly BillLine[], rows: readonly Daily[], options: ReconcileOptions) => {
  const bill = makeBill('test', lines)
  const span = spanOf(bill, options)
  if (span === undefined || span === 'too-long') throw new Error(`nothing is compared: ${span}`)
  return reconcile(bill, rows, span, options)
}

test.each(CASES)('%s', (_, lines, rows, more, expected) => {
  expect(shown(compared(lines, rows, { ...OPTIONS, ...more }))).toEqual([...expected])
})

describe('what is compared', () => {
  const billOf = (...days: readonly string[]) =>
    makeBill(
      'test',
      days.map((day) => theirs(day, 'm', { output: 1n })),
    )

  test('is from the first day of the bill to the last, narrowed by what is asked for', () => {
    expect(spanOf(billOf(D22, D20), {})).toEqual({ since: D20, until: D22 })
    expect(spanOf(billOf(D22, D20), { since: D21, until: '2027-01-01' })).toEqual({ since: D21, until: D22 })
    expect(spanOf(billOf(D20), { since: D21 })).toBeUndefined()
    expect(spanOf(makeBill('test', []), {})).toBeUndefined()
  })

  test('is at most four hundred days, however far apart the days of a bill are', () => {
    expect(spanOf(billOf('2025-01-01', '2026-02-04'), {})).toEqual({ since: '2025-01-01', until: '2026-02-04' })
    expect(spanOf(billOf('2025-01-01', '2026-02-05'), {})).toBe('too-long')
    expect(spanOf(billOf('0001-01-01', '9999-12-30'), {})).toBe('too-long')
    expect(spanOf(billOf('9999-12-30'), {})).toEqual({ since: '9999-12-30', until: '9999-12-30' })
    expect(spanOf(billOf('0001-01-01', D20), { since: D20 })).toEqual({ since: D20, until: D20 })
  })
})

describe('a report', () => {
  const lines = [theirs(D20, 'a', { output: 1_000n }, 10_000n), theirs(D21, 'b', { output: 4_000n }, 40_000n)]
  const rows = [
    ours(D20, 'a', { output: 1_500n, providerCostNanoUsd: 15_000n, unpriced: 2n }),
    ours(D21, 'b', { output: 3_500n, providerCostNanoUsd: 35_000n }),
  ]
  const report = compared(lines, rows, OPTIONS)

  test('tells each drift as a difference and as a share of theirs', () => {
    expect(report.rows[0]?.drifts).toEqual([
      { measure: 'output', theirs: 1_000n, ours: 1_500n, difference: 500n, partsPerMillion: 500_000n, isAbove: true },
      { measure: 'cost', theirs: 10_000n, ours: 15_000n, difference: 5_000n, partsPerMillion: 500_000n, isAbove: true },
    ])
  })

  test('tells the days, the totals, how many drifts count, and how many requests have no known cost', () => {
    expect(report).toMatchObject({ since: D20, until: D21, above: 4, unpriced: 2 })
    expect(report.totals.map(({ difference }) => difference)).toEqual([0n, 0n])
  })
})

const NAMES = [
  ['gpt-x-mini-2026-07-18', 'gpt-x-mini'],
  ['Some Model 4.5', 'some-model-4-5'],
  ['some-model-4-5-20260929', 'some-model-4-5'],
  ['some.model-latest', 'some-model'],
  ['m-1', 'm-1'],
] as const
test.each(NAMES)('%s is compared as %s', (name, as) => expect(comparable(name)).toBe(as))

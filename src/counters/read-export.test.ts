import { describe, expect, test } from 'bun:test'
import type { Bill } from './bill.ts'
import { toNanoUsd } from './decimal.ts'
import { readExport } from './read-export.ts'

const page = (...data: readonly unknown[]): Record<string, unknown> => ({ data, has_more: false, next_page: null })
const openAi = (startTime: number, ...results: readonly unknown[]) => ({
  object: 'bucket',
  start_time: startTime,
  end_time: startTime + 86_400,
  results,
})
const anthropic = (day: number, ...results: readonly unknown[]) => ({
  starting_at: `2026-11-${day}T00:00:00Z`,
  ending_at: `2026-11-${day + 1}T00:00:00Z`,
  results,
})
/** 2026-11-20T00:00:00Z. */
const DAY_20 = 1_795_132_800

/** Lines as `day model measure=count …`, costs in nano-dollars. */
const shown = ({ format, lines, days }: Bill) => ({
  format,
  days,
  lines: lines.map(({ day, model, tokens, cost }) => {
    const counts = Object.entries(tokens).map(([measure, count]) => `${measure}=${count}`)
    return [day, model ?? '*', ...counts, ...(cost === undefined ? [] : [`cost=${toNanoUsd(cost)}`])].join(' ')
  }),
})

const EXPORTS: readonly (readonly [string, string, ReturnType<typeof shown>])[] = [
  [
    'usage of OpenAI, cached input and cache writes taken out of the input they are in, images passed over',
    JSON.stringify(
      page(
        openAi(DAY_20, {
          object: 'organization.usage.completions.result',
          input_tokens: 5_000,
          input_cached_tokens: 1_200,
          input_cache_write_tokens: 300,
          output_tokens: 700,
          num_model_requests: 9,
          model: 'm-large-2026-03-01',
          batch: false,
        }),
        openAi(DAY_20 + 86_400, { object: 'organization.usage.images.result', images: 4, num_model_requests: 4 }),
        openAi(DAY_20 + 172_800),
      ),
    ),
    {
      format: 'openai-usage',
      days: ['2026-11-20', '2026-11-21', '2026-11-22'],
      lines: ['2026-11-20 m-large-2026-03-01 input=3500 output=700 cache_read=1200 cache_write=300'],
    },
  ],
  [
    'usage of OpenAI that was not grouped by model, on two pages',
    JSON.stringify([
      { ...page(openAi(DAY_20, { input_tokens: 10, output_tokens: 1, model: null })), has_more: true },
      page(openAi(DAY_20 + 86_400, { input_tokens: 20, output_tokens: 2, model: null })),
    ]),
    {
      format: 'openai-usage',
      days: ['2026-11-20', '2026-11-21'],
      lines: ['2026-11-20 * input=10 output=1', '2026-11-21 * input=20 output=2'],
    },
  ],
  [
    'costs of OpenAI by line item, exact however many digits they have',
    JSON.stringify(
      page(
        openAi(
          DAY_20,
          { amount: { value: '0.000004500000000000000000000000', currency: 'usd' }, line_item: 'm-2026-03-01, input' },
          { amount: { value: '0E-6176', currency: 'usd' }, line_item: 'm-2026-03-01, cached input' },
          { amount: { value: 0.06, currency: 'usd' }, line_item: 'evals | m-audio audio, output' },
          { amount: { value: 1.5, currency: 'usd' }, line_item: 'web search tool calls' },
          { amount: { value: 2, currency: 'usd' }, line_item: null },
        ),
      ),
    ),
    {
      format: 'openai-costs',
      days: ['2026-11-20'],
      lines: [
        '2026-11-20 m-2026-03-01 cost=4500',
        '2026-11-20 m-2026-03-01 cost=0',
        '2026-11-20 m-audio cost=60000000',
        '2026-11-20 * cost=1500000000',
        '2026-11-20 * cost=2000000000',
      ],
    },
  ],
  [
    'usage of OpenAI as CSV',
    'start_time,end_time,model,num_model_requests,input_tokens,output_tokens,input_cached_tokens\n' +
      `${DAY_20},${DAY_20 + 86_400},m-small,3,900,80,100\n`,
    {
      format: 'openai-usage-csv',
      days: ['2026-11-20'],
      lines: ['2026-11-20 m-small input=800 output=80 cache_read=100'],
    },
  ],
  [
    'costs of OpenAI as CSV, a day without use among them',
    'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_name\n' +
      `${DAY_20},${DAY_20 + 86_400},2026-11-20T00:00:00+00:00,2026-11-21T00:00:00+00:00,,,,\n` +
      `${DAY_20 + 86_400},${DAY_20 + 172_800},2026-11-21T00:00:00,2026-11-22T00:00:00,0.25,usd,"m-small, output","A, B"\n`,
    {
      format: 'openai-costs-csv',
      days: ['2026-11-20', '2026-11-21'],
      lines: ['2026-11-21 m-small cost=250000000'],
    },
  ],
  [
    'the usage report of Anthropic',
    JSON.stringify(
      page(
        anthropic(20, {
          model: 'm-deep-4-5-20260901',
          uncached_input_tokens: 1_500,
          cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 1_000 },
          cache_read_input_tokens: 200,
          output_tokens: 50,
          server_tool_use: { web_search_requests: 1 },
        }),
        anthropic(21),
      ),
    ),
    {
      format: 'anthropic-usage-report',
      days: ['2026-11-20', '2026-11-21'],
      lines: [
        '2026-11-20 m-deep-4-5-20260901 input=1500 cache_read=200 cache_write_5m=500 cache_write_1h=1000 output=50',
      ],
    },
  ],
  [
    'the cost report of Anthropic, which is in cents',
    JSON.stringify(
      page(
        anthropic(
          20,
          {
            amount: '123.78912',
            currency: 'USD',
            cost_type: 'tokens',
            model: 'm-deep-4-5',
            token_type: 'output_tokens',
          },
          { amount: '10', currency: 'USD', cost_type: 'web_search', model: null },
        ),
      ),
    ),
    {
      format: 'anthropic-cost-report',
      days: ['2026-11-20'],
      lines: ['2026-11-20 m-deep-4-5 cost=1237891200', '2026-11-20 * cost=100000000'],
    },
  ],
  [
    'usage of the console of Anthropic, by the hour',
    'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,' +
      'usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,' +
      'usage_output_tokens,web_search_count\n' +
      '2026-11-20 07:00,m-deep-4-5-20260901,"a, b",Default,standard,≤ 200k,469,159,0,12,169,0\n',
    {
      format: 'anthropic-usage-csv',
      days: ['2026-11-20'],
      lines: ['2026-11-20 m-deep-4-5-20260901 input=469 cache_read=12 cache_write_5m=159 cache_write_1h=0 output=169'],
    },
  ],
  [
    'costs of the console of Anthropic, which are in dollars and under names for people',
    'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type\n' +
      '2026-11-20,M Deep 4.5,Default,k,message,≤ 200k,input_no_cache,0.19,0.20,token\n',
    { format: 'anthropic-costs-csv', days: ['2026-11-20'], lines: ['2026-11-20 M Deep 4.5 cost=190000000'] },
  ],
]

test.each(EXPORTS)('%s', (_, content, bill) => {
  const read = readExport(content)
  expect(read.ok ? shown(read.value) : read.error).toEqual(bill)
})

test('hours of a day are read as that day, and days without use may look alike', () => {
  const hour = { ...openAi(DAY_20 + 82_800, { input_tokens: 7, output_tokens: 1 }), end_time: DAY_20 + 86_400 }
  const read = readExport(JSON.stringify([page(hour, openAi(DAY_20 + 86_400)), page(openAi(DAY_20 + 86_400))]))
  expect(read.ok && shown(read.value)).toEqual({
    format: 'openai-usage',
    days: ['2026-11-20', '2026-11-21'],
    lines: ['2026-11-20 * input=7 output=1'],
  })
})

describe('what cannot be read is refused in words', () => {
  const refusals: readonly (readonly [string, string, string])[] = [
    ['no JSON', '{"data": [', 'it is no JSON'],
    ['no page', '[1]', 'a page is not an object'],
    ['other JSON', '{"rows": []}', 'data is not a list'],
    ['an empty page', JSON.stringify(page()), 'no buckets'],
    ['other buckets', JSON.stringify(page({ date: '2026-11-20' })), 'neither at `start_time` nor at `starting_at`'],
    ['pages that are not all', JSON.stringify({ ...page(openAi(DAY_20)), has_more: true }), 'there are more'],
    [
      'other money',
      JSON.stringify(page(openAi(DAY_20, { amount: { value: 1, currency: 'eur' } }))),
      'in eur, not in USD',
    ],
    [
      'an amount that is none',
      JSON.stringify(page(anthropic(20, { amount: 'x', currency: 'USD' }))),
      'x is not a number',
    ],
    ['a count with a fraction', JSON.stringify(page(openAi(DAY_20, { input_tokens: 1.5 }))), 'not a whole number'],
    [
      'more cached than all',
      JSON.stringify(page(openAi(DAY_20, { input_tokens: 1, input_cached_tokens: 2 }))),
      'less than',
    ],
    ['buckets of a week', JSON.stringify(page({ ...openAi(DAY_20), end_time: DAY_20 + 604_800 })), 'longer than a day'],
    [
      'a page that comes twice',
      JSON.stringify([page(openAi(DAY_20, { input_tokens: 1 })), page(openAi(DAY_20, { input_tokens: 1 }))]),
      'is a page in the list twice?',
    ],
    [
      'a day from noon to noon',
      JSON.stringify(page({ ...openAi(DAY_20 + 43_200, { input_tokens: 1 }) })),
      'goes on after midnight in UTC',
    ],
    [
      'a day of Anthropic from noon to noon',
      JSON.stringify(page({ starting_at: '2026-11-20T12:00:00Z', ending_at: '2026-11-21T12:00:00Z', results: [] })),
      'goes on after midnight in UTC',
    ],
    ['a bucket without an end', JSON.stringify(page({ start_time: DAY_20, results: [] })), 'no `end_time`'],
    [
      'a bucket of Anthropic without an end',
      JSON.stringify(page({ starting_at: '2026-11-20T00:00:00Z', results: [] })),
      'no `ending_at`',
    ],
    ['a row without an end', `start_time,model,input_tokens\n${DAY_20},m,5\n`, 'no `end_time`'],
    [
      'an end that is none',
      JSON.stringify(page({ ...openAi(DAY_20), end_time: 'x' })),
      'end_time is not a time in UTC',
    ],
    ['an end before the beginning', JSON.stringify(page({ ...openAi(DAY_20), end_time: DAY_20 - 1 })), 'ends before'],
    ['a day that no calendar has', 'usage_date_utc,model,cost_usd\n2026-02-30,m,5\n', 'not a time in UTC'],
    ['CSV that was cut', 'usage_date_utc,model,cost_usd\n2026-11-20,m,5\n2026-11-20,m', 'was the file cut?'],
    ['CSV with a name twice', 'usage_date_utc,cost_usd,cost_usd\n2026-11-20,5,6\n', 'twice'],
    [
      'a time elsewhere',
      JSON.stringify(page({ starting_at: '2026-11-20T00:00:00+05:00', results: [] })),
      'not a time in UTC',
    ],
    ['other CSV', 'a,b\n1,2\n', 'none of the names'],
    ['CSV without rows', 'usage_date_utc,cost_usd\n', 'no day'],
    ['nothing', '', 'none of the names'],
  ]
  test.each(refusals)('%s', (_, content, words) => {
    expect(readExport(content)).toMatchObject({ ok: false, error: expect.stringContaining(words) })
  })
})

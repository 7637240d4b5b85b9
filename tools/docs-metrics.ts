/** Writes docs/metrics.md from the table of metrics and metrics-opening.md: part of `npm run docs`. */
import { readFileSync } from 'node:fs'
import {
  COUNTERS,
  type Family,
  GAUGES,
  HISTOGRAMS,
  PROCESS_COUNTERS,
  PROCESS_GAUGES,
  RECONCILIATION_GAUGES,
} from '../src/metrics/families.ts'
import { BUCKETS } from '../src/metrics/tally.ts'

const GROUPS: readonly (readonly [string, Readonly<Record<string, Family>>])[] = [
  ['counter', COUNTERS],
  ['histogram', HISTOGRAMS],
  ['gauge', GAUGES],
  ['gauge', RECONCILIATION_GAUGES],
  ['counter', PROCESS_COUNTERS],
  ['gauge', PROCESS_GAUGES],
]

const code = (word: string): string => `\`${word}\``

const rowOf = (type: string, { name, help, labels, bounds }: Family): string => {
  const buckets = bounds ? ` Buckets: ${bounds.join(', ')}.` : ''
  return `| ${code(name)} | ${type} | ${labels.map(code).join(', ')} | ${help}${buckets} |`
}

/** What stands in each label. */
const LABELS: readonly (readonly [string, string])[] = [
  ['`client_format`, `upstream_format`', 'a [wire format](wire-formats.md)'],
  ['`provider`', 'an id of the configuration; for an attempt through a channel that is none of it, `other`'],
  [
    '`model`',
    'the model that answered, as the [catalogue](models.md) calls it; `other` for one it does not have, and for what comes after the first 5,000 combinations of labels',
  ],
  ['`action`', '`generate`, `count-tokens`, `embed`, `embed-batch`'],
  ['`stream`', '`true`, `false`'],
  [
    '`status`',
    'of a request: the class of what the client saw, `2xx` to `5xx`; `none` where the process died. Of an error: the status itself',
  ],
  ['`ended`', '`whole`, `client_cut`, `upstream_cut`, `failed`, `abandoned`, as in receipts'],
  ['`bucket`', Object.values(BUCKETS).map(code).join(', ')],
  [
    '`code`',
    'of an error: [its code](errors.md#all-of-them). Of a loss: [its code](translation.md#what-is-lost-is-said), `other` for none of them',
  ],
  ['`measure`', 'what a [comparison](reconciliation.md) is of: a bucket of tokens, or `cost`'],
  [
    '`outcome`',
    '`ok`; `rate_limited` (429), `4xx`, `5xx`; `connect`, `reset`, `timeout_connect`, `timeout_first_byte`, `timeout_idle`, `timeout_total`, `client_left`, `unreadable`, `too_large`, `no_token`, `untranslatable` where there was no status; `other`',
  ],
]

/** docs/metrics.md, whole. */
export const renderMetrics = (): string => {
  const opening = readFileSync(new URL('metrics-opening.md', import.meta.url), 'utf8')
  const rows = GROUPS.flatMap(([type, families]) => Object.values(families).map((family) => rowOf(type, family)))
  const labels = ['| label | values |', '|---|---|', ...LABELS.map(([name, values]) => `| ${name} | ${values} |`)]
  const table = ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows]
  return [opening, `${labels.join('\n')}\n`, '## All of them\n', `${table.join('\n')}\n`, CLOSING].join('\n')
}

const CLOSING = `## Questions to ask it

\`\`\`promql
# Requests a second that did not end whole, by provider
sum by (provider) (rate(tollgate_requests_total{ended!="whole"}[5m]))
# The time within which 95 of 100 streams begin, by model
histogram_quantile(0.95, sum by (le, model) (rate(tollgate_time_to_first_token_seconds_bucket{stream="true"}[5m])))
# Dollars an hour, by provider
sum by (provider) (rate(tollgate_cost_usd_total[1h])) * 3600
# What translations lose, a minute
sum by (code, client_format, upstream_format) (rate(tollgate_translation_losses_total[10m])) * 60
# The share of tries that a provider did not answer well
1 - sum by (provider) (rate(tollgate_upstream_attempts_total{outcome="ok"}[5m]))
  / sum by (provider) (rate(tollgate_upstream_attempts_total[5m]))
\`\`\`
`

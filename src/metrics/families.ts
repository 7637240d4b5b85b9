/** A metric as it is told to Prometheus: the page on metrics is written from this table, and so are the answers. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram's buckets, in seconds. */
  readonly bounds?: readonly number[]
}

/** Up to the longest answers of models that think: as OpenTelemetry's conventions for generative AI advise. */
const DURATION_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 300]
const FIRST_TOKEN_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60]
/** Receipts tell whole milliseconds, so there is nothing to tell apart below one. */
const OVERHEAD_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

const FORMATS = ['client_format', 'upstream_format']
const SERVED = ['provider', 'model']

/** What only ever grows, and begins at zero when the process starts. */
export const COUNTERS = {
  requests: {
    name: 'tollgate_requests_total',
    help: 'Requests that were admitted and have been settled, by how they ended.',
    labels: [...FORMATS, ...SERVED, 'action', 'stream', 'status', 'ended'],
  },
  errors: {
    name: 'tollgate_errors_total',
    help: 'Answers to clients that are an error in the words of Tollgate, refusals before admission among them.',
    labels: ['client_format', 'status', 'code'],
  },
  tokens: {
    name: 'tollgate_tokens_total',
    help: 'Tokens billed, in buckets that do not overlap.',
    labels: [...SERVED, 'bucket'],
  },
  reasoningTokens: {
    name: 'tollgate_reasoning_tokens_total',
    help: 'Tokens of reasoning: a part of the bucket output, not to be added to it.',
    labels: SERVED,
  },
  cost: {
    name: 'tollgate_cost_usd_total',
    help: 'What accounts were charged, in US dollars.',
    labels: SERVED,
  },
  uncollected: {
    name: 'tollgate_uncollected_usd_total',
    help: 'What requests cost above what their accounts could pay, in US dollars; carried by the operator.',
    labels: SERVED,
  },
  implausible: {
    name: 'tollgate_usage_implausible_total',
    help: 'Requests whose provider reported a usage that cannot be true; they were charged by what was delivered.',
    labels: SERVED,
  },
  losses: {
    name: 'tollgate_translation_losses_total',
    help: 'What translations lost, by the code that stands in x-tollgate-warnings.',
    labels: ['code', ...FORMATS],
  },
  attempts: {
    name: 'tollgate_upstream_attempts_total',
    help: 'Tries to have a provider answer, by what came of them.',
    labels: ['provider', 'outcome'],
  },
  failures: {
    name: 'tollgate_upstream_failures_total',
    help: 'Tries that failed, by provider and by the word of the retry table that says how.',
    labels: ['provider', 'failure'],
  },
  limiterEvicted: {
    name: 'tollgate_limiter_evicted_total',
    help: 'Subjects forgotten while they still counted: above zero, limits.limiter_subjects is too small.',
    labels: [],
  },
  limiterAlone: {
    name: 'tollgate_limiter_decided_alone_total',
    help: 'Requests that were let in or refused without asking Redis, although it is configured.',
    labels: [],
  },
  defects: {
    name: 'tollgate_defects_total',
    help: 'Requests that failed for a defect of Tollgate; each is in the log.',
    labels: [],
  },
  payloadsDropped: {
    name: 'tollgate_payloads_dropped_total',
    help: 'Payloads that were to be captured and were not kept, for want of room or of a database.',
    labels: [],
  },
  payloadsEvicted: {
    name: 'tollgate_payloads_evicted_total',
    help: 'Payloads that were deleted before their time: above zero, capture.stored is less than what comes in.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, Family>>

export const HISTOGRAMS = {
  duration: {
    name: 'tollgate_request_duration_seconds',
    help: 'From the arrival of a request to its settlement.',
    labels: [...SERVED, 'stream'],
    bounds: DURATION_SECONDS,
  },
  firstToken: {
    name: 'tollgate_time_to_first_token_seconds',
    help: 'From the arrival of a request to the first of its answer.',
    labels: [...SERVED, 'stream'],
    bounds: FIRST_TOKEN_SECONDS,
  },
  overhead: {
    name: 'tollgate_overhead_seconds',
    help: 'Time in Tollgate itself before the provider was asked, in whole milliseconds.',
    labels: FORMATS,
    bounds: OVERHEAD_SECONDS,
  },
} as const satisfies Readonly<Record<string, Family>>

/** What is looked at when somebody asks. */
export const GAUGES = {
  requestsOpen: {
    name: 'tollgate_requests_open',
    help: 'Requests admitted and not yet settled: answers being waited for or streamed.',
    labels: [],
  },
  databaseQueued: {
    name: 'tollgate_database_queued',
    help: 'Operations that wait for the database.',
    labels: [],
  },
  databaseSaturated: {
    name: 'tollgate_database_saturated',
    help: '1 while so much waits for the database that requests are refused, else 0.',
    labels: [],
  },
  limiterSubjects: {
    name: 'tollgate_limiter_subjects',
    help: 'Keys, users, projects, groups and models whose rates are counted in memory.',
    labels: [],
  },
  limiterPlaces: {
    name: 'tollgate_limiter_places',
    help: 'Places taken in this process where requests at once are limited.',
    labels: [],
  },
  limiterDown: {
    name: 'tollgate_limiter_redis_down',
    help: '1 while limits are not shared because Redis does not answer, else 0. Only where Redis is configured.',
    labels: [],
  },
  limiterReplicas: {
    name: 'tollgate_limiter_replicas',
    help: 'Replicas that were last seen to share limits, this one among them. Only where Redis is configured.',
    labels: [],
  },
  healthBlocks: {
    name: 'tollgate_health_blocks',
    help: 'Keys, channels, models and models of a key that are left alone now, by why.',
    labels: ['subject', 'kind'],
  },
  buildInfo: { name: 'tollgate_build_info', help: 'Always 1; its label is the version.', labels: ['version'] },
} as const satisfies Readonly<Record<string, Family>>

const COMPARED = ['provider', 'measure']

/** Of the newest comparison with each provider's bill. */
export const RECONCILIATION_GAUGES = {
  ratio: {
    name: 'tollgate_reconciliation_drift_ratio',
    help: 'By how much our receipts differ from what the provider says, as a share of it; below zero, they bill more.',
    labels: COMPARED,
  },
  cost: {
    name: 'tollgate_reconciliation_drift_usd',
    help: 'The cost in our receipts less the cost that the provider says, in US dollars.',
    labels: ['provider'],
  },
  above: {
    name: 'tollgate_reconciliation_drifts_above_threshold',
    help: 'Days, models and measures whose drift was above the thresholds.',
    labels: ['provider'],
  },
  at: {
    name: 'tollgate_reconciliation_timestamp_seconds',
    help: 'When it was compared, in Unix time.',
    labels: ['provider'],
  },
} as const satisfies Readonly<Record<string, Family>>

/** Of the process, under the names Prometheus knows them by. */
export const PROCESS_COUNTERS = {
  cpu: { name: 'process_cpu_seconds_total', help: 'Processor time used, in user and system mode.', labels: [] },
} as const satisfies Readonly<Record<string, Family>>

export const PROCESS_GAUGES = {
  resident: { name: 'process_resident_memory_bytes', help: 'Memory held.', labels: [] },
  started: { name: 'process_start_time_seconds', help: 'When the process started, in Unix time.', labels: [] },
  openFiles: { name: 'process_open_fds', help: 'Open files and connections. On Linux only.', labels: [] },
  openFilesMax: { name: 'process_max_fds', help: 'The most that may be open. On Linux only.', labels: [] },
} as const satisfies Readonly<Record<string, Family>>

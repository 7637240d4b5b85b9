import { bytes, choice, defaulted, duration, mappingOf, optional, section, switchable, whole } from './fields.ts'
import { modelName } from './schema-words.ts'

/** What subjects may use, by what is counted; `none`: what `null` means there. */
export const ceilings = (none = 'no limit') => ({
  rpm: optional(whole(1), `Requests in any sixty seconds. \`null\`: ${none}.`),
  tpm: optional(whole(1), `Input and output tokens in any sixty seconds. \`null\`: ${none}.`),
  itpm: optional(whole(1), `Input tokens in any sixty seconds. \`null\`: ${none}.`),
  otpm: optional(whole(1), `Output tokens in any sixty seconds. \`null\`: ${none}.`),
  concurrency: optional(whole(1), `Requests under way at once. \`null\`: ${none}.`),
})

const perIp = section(
  {
    rpm: defaulted(whole(1), '60', 'Requests in any sixty seconds.'),
    burst: defaulted(whole(0), '10', 'Requests let through above that.'),
  },
  'For each address, for traffic without a key and in local mode.',
)

const perKey = section(
  { ...ceilings(), rpm: switchable(whole(1), '60000', 'Requests in any sixty seconds. `null`: no limit.') },
  'For each key that has no limit of its own, nor by its plan.',
)

export const limits = section(
  {
    per_ip: perIp,
    per_key: perKey,
    per_user: section(ceilings(), 'For all keys of a user together.'),
    per_project: section(ceilings(), 'For all keys of a project together.'),
    models: mappingOf(
      section(ceilings(), 'For everybody together who asks for this model.'),
      modelName,
      'A request counts for each model that may answer it: the one it asks for, and its `fallbacks`. See [limits](limits.md).',
    ),
    redis_timeout: defaulted(
      duration,
      '100ms',
      'How long Redis may take to answer. After that it counts as down, and is asked again a second later.',
    ),
    on_outage: defaulted(
      choice(['local', 'refuse']),
      'local',
      'While Redis is down: `local` lets each replica count by itself, up to its part of every limit; `refuse` refuses what is ' +
        'limited with 503.',
    ),
    replicas_min: defaulted(
      whole(1, 10_000),
      '1',
      'How many replicas there are at least. While Redis is down, no replica lets in more than this share of a limit, ' +
        'however many it had seen.',
    ),
    body_bytes: defaulted(bytes, '50MB', 'Largest request body. A larger one is refused with 413.'),
    json_depth: defaulted(whole(1, 1_000), '100', 'Deepest nesting of a JSON body.'),
    event_bytes: defaulted(bytes, '16MiB', 'Largest single event of a streamed answer.'),
    delivered_bytes: defaulted(
      bytes,
      '1MiB',
      'Text of a streamed answer that is kept, to count what was delivered when it is cut.',
    ),
    answer_bytes: defaulted(bytes, '64MiB', 'Largest answer that is not streamed. It is read whole, to be metered.'),
    database_queue: defaulted(
      whole(1, 10_000_000),
      '100000',
      'Statements waiting for the database. Above that, requests are refused with 503.',
    ),
    database_connections: defaulted(
      whole(2, 1_000),
      '10',
      'Connections of each process to PostgreSQL. All replicas together stay below its `max_connections`.',
    ),
    limiter_subjects: defaulted(
      whole(2, 10_000_000),
      '100000',
      'Keys and others, and as many addresses, whose rates are counted in memory at once.',
    ),
    key_cache_entries: defaulted(whole(1, 10_000_000), '100000', 'Keys remembered in memory.'),
    key_cache_ttl: defaulted(
      duration,
      '30s',
      'How long a remembered key is believed before the database is asked again. Changes count within two seconds all the same.',
    ),
  },
  'The most of anything that Tollgate accepts, keeps or queues.',
)

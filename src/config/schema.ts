import type { z } from 'zod'
import {
  address,
  bytes,
  choice,
  defaulted,
  discount,
  duration,
  listOf,
  mappingOf,
  multiplier,
  network,
  optional,
  optionalListOf,
  required,
  section,
  switchable,
  text,
  toggle,
  usd,
  vendorKey,
  whole,
} from './fields.ts'

const PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'bedrock-converse'] as const

const identifier = {
  name: 'id',
  type: 'an id of letters, digits, `-`, `_` and `.`, at most 64 of them',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
}
const modelName = {
  name: 'name',
  type: 'a model name, at most 200 characters',
  pattern: /^[^\p{Cc}\s]{1,200}$/u,
}
const id = text(identifier.type, false, 'id')
const model = text('a model name')

const listen = section(
  {
    host: defaulted(
      text('a host name or address'),
      '127.0.0.1',
      'Address to listen on. `0.0.0.0` is every address of the machine.',
    ),
    port: defaulted(whole(0, 65_535), '8000', 'TCP port. 0 takes a free one, named in the line `listening on`.'),
    trusted_proxies: listOf(
      required(network, 'An address or network.'),
      [],
      'Proxies whose `X-Forwarded-For` is believed: the client is its rightmost address that is none of them. Without ' +
        'any, the client is whoever connects.',
    ),
  },
  'Where Tollgate listens.',
)

const timeouts = section(
  {
    connect: defaulted(duration, '10s', 'To open a connection to a provider, TLS included.'),
    first_byte: defaulted(duration, '10m', "From sending a request to the first byte of the answer's headers."),
    idle: defaulted(duration, '5m', 'Between two chunks of an answer.'),
    total: defaulted(duration, '60m', 'For a whole answer.'),
  },
  'How long a provider may take.',
)

const providerTimeouts = section(
  {
    first_byte: optional(duration, 'Like `timeouts.first_byte`, for this provider.'),
    idle: optional(duration, 'Like `timeouts.idle`, for this provider.'),
    total: optional(duration, 'Like `timeouts.total`, for this provider.'),
  },
  'How long this provider may take; what is not named is as in `timeouts`.',
)

const provider = (kinds: readonly string[]) =>
  section(
    {
      kind: required(choice(kinds), "The vendor's API it speaks."),
      base_url: optional(
        address,
        "What the vendor's official SDK takes as base URL: with `/v1` for OpenAI kinds, without a version for Anthropic and " +
          'Gemini. `null`: the address of the kind. `openai-compatible` has none and needs one.',
      ),
      keys: listOf(
        required(vendorKey, 'A key of the vendor account.'),
        [],
        'Keys of the vendor account. Empty ones are dropped.',
      ),
      protocol: optional(
        choice(PROTOCOLS),
        "The wire format spoken to it. `null`: the client's own where the provider speaks it, else the provider's best.",
      ),
      models: optionalListOf(
        required(model, 'A model.'),
        'The models it serves, for the channel it gets when there is no `channels`. `null`: all that its kind offers.',
      ),
      timeouts: providerTimeouts,
    },
    'A vendor account.',
  )

const channel = section(
  {
    id: required(id, 'Its name in receipts and headers. No two channels have the same.'),
    provider: required(id, 'The provider that serves it.'),
    groups: listOf(required(id, 'A group.'), ['default'], 'The groups whose keys may use it.'),
    models: optionalListOf(
      required(model, 'A model.'),
      "The models it serves. `null`: every model of the catalogue that the provider's kind offers.",
    ),
    model_map: mappingOf(
      required(model, 'The name the provider knows the model by.'),
      modelName,
      'Models that the provider knows by another name.',
    ),
    priority: defaulted(whole(0, 1_000_000), '0', 'Channels with a higher priority are tried first.'),
    weight: defaulted(whole(1, 1_000_000), '1', 'Share of the requests among channels of the same priority.'),
  },
  'A provider offering some models to some groups.',
)

/** What subjects may use, by what is counted; `none`: what `null` means there. */
const ceilings = (none = 'no limit') => ({
  rpm: optional(whole(1), `Requests in any sixty seconds. \`null\`: ${none}.`),
  tpm: optional(whole(1), `Input and output tokens in any sixty seconds. \`null\`: ${none}.`),
  itpm: optional(whole(1), `Input tokens in any sixty seconds. \`null\`: ${none}.`),
  otpm: optional(whole(1), `Output tokens in any sixty seconds. \`null\`: ${none}.`),
  concurrency: optional(whole(1), `Requests under way at once. \`null\`: ${none}.`),
})

const group = section(
  {
    multiplier: defaulted(multiplier, '"1"', 'What every price is multiplied by for keys of the group.'),
    cache_breakpoints: defaulted(
      toggle,
      'false',
      'Whether Tollgate marks what a model that wants marks (Claude, Nova) is to cache, for clients of other formats that ' +
        'marked nothing. See [translation](translation.md#prompt-caching).',
    ),
    cache_ttl: optional(
      choice(['5m', '1h']),
      'How long what Tollgate marked is cached. `1h` costs more to write, and counts where the model has it. `null`: as the ' +
        'vendor does, five minutes.',
    ),
    limits: section(ceilings(), 'For all keys of the group together.'),
  },
  'Which channels a key may use, and at what multiple of the price.',
)

const ON_DISCONNECT = ['delivered', 'drain'] as const

const plan = section(
  {
    discount: defaulted(discount, '"0"', 'The share taken off: `"0.70"` leaves 30 %.'),
    ...ceilings('as in `limits.per_key`'),
    on_disconnect: optional(
      choice(ON_DISCONNECT),
      "What a hang-up of the plan's users costs. `null`: as in `billing.on_disconnect`.",
    ),
    price_usd: optional(usd, 'What the plan costs, once, when it is bought from the balance. `null`: nothing.'),
  },
  'What a user bought: a discount and limits.',
)

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

const limits = section(
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

const streams = section(
  {
    peek: defaulted(
      duration,
      '1s',
      'How long a stream is held back, headers included, while it has no content yet. Until then a failure of the provider ' +
        'is an HTTP error rather than an event, and another channel is tried.',
    ),
    keep_alive: defaulted(
      duration,
      '15s',
      'Silence of a provider after which a streaming client is sent a sign of life, in formats that have one.',
    ),
    client_idle: defaulted(duration, '10m', 'How long a client may take nothing of a stream before it is given up.'),
  },
  'Streamed answers.',
)

const responses = section(
  {
    store: defaulted(
      toggle,
      'true',
      'Whether answers of the Responses API are kept, for `previous_response_id` and to be asked for, unless a request says ' +
        '`store: false`.',
    ),
    retention_days: defaulted(
      whole(1, 3_650),
      '30',
      'How long one is kept. Those that a later one goes on from stay as long.',
    ),
    bytes_max: defaulted(bytes, '16MiB', 'Largest request and answer, together, that are kept.'),
  },
  'Conversations of the Responses API that are kept here.',
)

const reasoning = section(
  {
    keep: defaulted(
      toggle,
      'true',
      'Whether the reasoning state of answers with tool calls is kept for Chat clients of models of another format. The ' +
        'official Chat SDKs do not send it back, and such models reason worse, or refuse the next turn, without it.',
    ),
    retention_days: defaulted(whole(1, 3_650), '14', 'How long: a conversation that rests longer goes on without it.'),
    bytes_max: defaulted(bytes, '1MiB', 'Largest state of one answer that is kept.'),
  },
  'Reasoning state that is kept for clients that lose it.',
)

const retry = section(
  {
    attempts: defaulted(
      whole(1, 20),
      '3',
      'Channels tried for a request, as long as the client has seen nothing of an answer.',
    ),
    on_untouched: defaulted(
      whole(0, 5),
      '1',
      'Times a request is sent again to the same channel when its connection broke before any byte of an answer.',
    ),
  },
  'When a provider fails before it answered.',
)

const billing = section(
  {
    on_disconnect: defaulted(
      choice(ON_DISCONNECT),
      'delivered',
      'When the client hangs up: `delivered` cancels and bills what was delivered, counted by us; `drain` reads the answer to ' +
        'its end and bills what the provider reports. A plan may say otherwise.',
    ),
    hold_timeout: defaulted(duration, '15m', 'After a killed process, when the money it had set aside is given back.'),
    drain_timeout: defaulted(duration, '60s', 'How long `drain`, or a wait for nothing but the usage, reads on.'),
  },
  'What is charged, and when.',
)

const log = section(
  {
    level: defaulted(
      choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
      'info',
      'The least severe line that is written.',
    ),
    format: defaulted(choice(['auto', 'json', 'pretty']), 'auto', '`auto`: pretty on a terminal, else JSON.'),
    bodies: defaulted(
      toggle,
      'false',
      'Whether request bodies are logged, as they arrive. They hold what people wrote.',
    ),
  },
  'Logs, on standard error. Credentials are never in them.',
)

/** The whole configuration, given the kinds of provider there are. Type, loader and manual are made from this. */
export const configSchema = (kinds: readonly string[]) =>
  section(
    {
      listen,
      public_url: optional(address, 'The address clients know Tollgate by. `null`: the address it listens on.'),
      database: defaulted(
        text('`sqlite:` and a path, or an address of PostgreSQL', true),
        'sqlite:./data/tollgate.db',
        'Where everything durable is: a file (`sqlite:` and a path), which one process serves, or a database of PostgreSQL 14 ' +
          'or later (`postgres://user:password@host:5432/database`), which several replicas share. For TLS add ' +
          '`?sslmode=verify-full`, and `&sslrootcert=` with a path where the authority is your own.',
      ),
      redis: optional(
        text('an address of Redis or Valkey', true),
        'Counters that several replicas share: `redis://:password@host:6379/0`, or `rediss://` for TLS.',
      ),
      admin_key: optional(
        text('a secret', true),
        'Opens the admin API. `null`: one is made at the very first start and printed once.',
      ),
      auth: defaulted(
        choice(['required', 'none']),
        'required',
        '`none` is local mode: no key is asked for, and Tollgate refuses to listen on anything but loopback.',
      ),
      providers: mappingOf(
        provider(kinds),
        identifier,
        'Without any: those whose key is in the environment, else the built-in `demo` provider.',
      ),
      channels: optionalListOf(channel, 'Without `channels` there is one for each provider, in group `default`.'),
      groups: mappingOf(group, identifier, '`default` is always there.'),
      plans: mappingOf(plan, identifier, 'A user gets one through the admin API.'),
      aliases: mappingOf(required(model, 'The model that is meant.'), modelName, 'Other names for models.'),
      retired: mappingOf(
        required(model, 'The model to use instead.'),
        modelName,
        'Models that are gone, with their successors.',
      ),
      catalogue: optional(
        text('a path'),
        'A JSON file that adds to and overrides the built-in catalogue of models and prices.',
      ),
      limits,
      timeouts,
      streams,
      responses,
      reasoning,
      retry,
      billing,
      log,
      shutdown_timeout: defaulted(duration, '120s', 'After SIGTERM, how long requests in flight may take to finish.'),
      settle_timeout: defaulted(duration, '60s', 'After them, how long charges may wait for a database that is away.'),
    },
    'The configuration of Tollgate.',
  )

export type ConfigSchema = ReturnType<typeof configSchema>
/** What the schema makes of a file, before what follows from other parts of it is filled in: see `Config`. */
export type ParsedConfig = z.output<ConfigSchema>

import type { z } from 'zod'
import {
  address,
  bytes,
  choice,
  defaulted,
  duration,
  encryptionKey,
  listOf,
  mappingOf,
  network,
  optional,
  optionalListOf,
  required,
  section,
  text,
  toggle,
  whole,
} from './fields.ts'
import { alerts } from './schema-alerts.ts'
import { accounts, mail } from './schema-accounts.ts'
import { batches, files } from './schema-batches.ts'
import { limits } from './schema-limits.ts'
import { capture, requestLog } from './schema-logs.ts'
import { websockets } from './schema-pass-through.ts'
import { provider, timeouts } from './schema-providers.ts'
import { affinity, channel, group, health, ON_DISCONNECT, plan, retry } from './schema-routing.ts'
import { identifier, modelName, model } from './schema-words.ts'

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
      encryption_key: optional(
        encryptionKey,
        'What provider keys that are set through the admin API are encrypted with: 32 random bytes as base64, or a passphrase. ' +
          '`null`: on SQLite one is made when it is needed and kept in a file beside the database. See ' +
          '[self-hosting](self-hosting.md#the-encryption-key).',
      ),
      encryption_keys: listOf(
        required(encryptionKey, 'An encryption key.'),
        [],
        'More of them, the newest first: what they encrypted can be read. The first of all encrypts what is new.',
      ),
      accounts,
      mail,
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
      public_prices: defaulted(
        toggle,
        'true',
        'Whether `GET /api/public/models`, and the pages made of it, tell everybody which models there are and what they cost. ' +
          'Without, only holders of a key are told, by `GET /v1/models`.',
      ),
      example_model: optional(
        model,
        'The model that examples of the documentation ask. `null`: the newest that group `default` is served.',
      ),
      limits,
      timeouts,
      streams,
      websockets,
      responses,
      reasoning,
      files,
      batches,
      alerts,
      retry,
      health,
      affinity,
      billing,
      log,
      request_log: requestLog,
      capture,
      shutdown_timeout: defaulted(duration, '120s', 'After SIGTERM, how long requests in flight may take to finish.'),
      settle_timeout: defaulted(duration, '60s', 'After them, how long charges may wait for a database that is away.'),
    },
    'The configuration of Tollgate.',
  )

export type ConfigSchema = ReturnType<typeof configSchema>
/** What the schema makes of a file, before what follows from other parts of it is filled in: see `Config`. */
export type ParsedConfig = z.output<ConfigSchema>

import {
  choice,
  defaulted,
  discount,
  duration,
  listOf,
  mappingOf,
  multiplier,
  optional,
  optionalListOf,
  required,
  section,
  switchable,
  toggle,
  usd,
  whole,
} from './fields.ts'
import { ceilings } from './schema-limits.ts'
import { rule } from './schema-rules.ts'
import { modelName, id, model } from './schema-words.ts'

export const channel = section(
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

const STRATEGIES = ['weighted', 'least_busy', 'lowest_latency', 'lowest_cost', 'cache_affinity'] as const

export const group = section(
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
    strategy: defaulted(
      choice(STRATEGIES),
      'weighted',
      'How channels of one priority are ordered. See [routing](routing.md#strategies).',
    ),
    hedge_after: optional(
      duration,
      'After how long without an answer a second channel is asked as well; the first to answer wins, and is billed alone. ' +
        '`null`: never.',
    ),
    rules: listOf(rule, [], 'What is different for some requests: the first rule that matches counts.'),
    limits: section(ceilings(), 'For all keys of the group together.'),
  },
  'Which channels a key may use, and at what multiple of the price.',
)

export const ON_DISCONNECT = ['delivered', 'drain'] as const

export const plan = section(
  {
    discount: defaulted(discount, '"0"', 'The share taken off: `"0.70"` leaves 30 %.'),
    ...ceilings('as in `limits.per_key`'),
    on_disconnect: optional(
      choice(ON_DISCONNECT),
      "What a hang-up of the plan's users costs. `null`: as in `billing.on_disconnect`.",
    ),
    price_usd: optional(
      usd,
      'What the plan costs, once, when it is bought from the balance. `null`: nothing, and whoever has an account can take it ' +
        'unless `for_sale` is false.',
    ),
    for_sale: defaulted(
      toggle,
      'true',
      'Whether users can buy it. `false`: it is not shown to them, and administrators alone give it.',
    ),
  },
  'What a user bought: a discount and limits.',
)

export const retry = section(
  {
    attempts: defaulted(
      whole(1, 20),
      '3',
      'Times a request is sent, to one channel and key after the other, as long as the client has seen nothing of an answer.',
    ),
    total: defaulted(duration, '2m', 'How long after the first attempt another one may still begin.'),
    on_untouched: defaulted(
      whole(0, 5),
      '1',
      'Times a request is sent again to the same channel when its connection broke before any byte of an answer.',
    ),
  },
  'When a provider fails before it answered.',
)

export const health = section(
  {
    failures: defaulted(
      whole(1, 1_000),
      '5',
      'Failures in a row after which a key, a channel or a model of a channel is left alone for a while.',
    ),
    failure_percent: defaulted(
      whole(1, 100),
      '40',
      'Share of the last twenty outcomes that failed, in percent, from which on it is left alone as well.',
    ),
    cool_down: defaulted(
      duration,
      '5s',
      'How long at first, unless the provider says how long. Then one request tries it; each failure doubles the time.',
    ),
    cool_down_max: defaulted(duration, '5m', 'How long at most.'),
    wait_max: defaulted(duration, '1h', 'How long at most where the provider itself says to wait (`retry-after`).'),
    disabled_retry: switchable(
      duration,
      '5m',
      'How long after a provider refused a key (401, 403, no quota left) one request tries it again. `null`: not before an ' +
        'administrator tests or resumes it.',
    ),
    check_every: optional(
      duration,
      'How often each key of each provider is tested. `null`: only when it is asked for.',
    ),
    subjects: defaulted(
      whole(100, 10_000_000),
      '20000',
      'Keys, channels and models whose health is remembered at once.',
    ),
  },
  'When a provider is left alone.',
)

export const affinity = section(
  {
    ttl: defaulted(
      duration,
      '1h',
      'How long a conversation stays with the channel and key that hold its prompt cache.',
    ),
    conversations: defaulted(whole(1, 10_000_000), '100000', 'Conversations remembered at once.'),
    latency_half_life: defaulted(duration, '2m', 'How fast old measurements lose their weight, for `lowest_latency`.'),
  },
  'What the strategies of groups remember.',
)

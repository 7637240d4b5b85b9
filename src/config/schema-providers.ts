import {
  address,
  choice,
  defaulted,
  duration,
  listOf,
  multiplier,
  optional,
  optionalListOf,
  required,
  section,
  sectionOr,
  text,
  usd,
  vendorKey,
  whole,
} from './fields.ts'
import { ceilings } from './schema-limits.ts'
import { claudeCli } from './schema-claude-cli.ts'
import { passThrough } from './schema-pass-through.ts'
import { id, model } from './schema-words.ts'

const PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'bedrock-converse'] as const

export const timeouts = section(
  {
    connect: defaulted(duration, '10s', "To open a connection to a provider, a proxy's tunnel and TLS included."),
    first_byte: defaulted(duration, '10m', "From sending a request to the first byte of the answer's headers."),
    idle: defaulted(duration, '5m', 'Between two chunks of an answer.'),
    total: defaulted(duration, '60m', 'For a whole answer.'),
  },
  'How long a provider may take.',
)

const providerTimeouts = section(
  {
    connect: optional(duration, 'Like `timeouts.connect`, for this provider.'),
    first_byte: optional(duration, 'Like `timeouts.first_byte`, for this provider.'),
    idle: optional(duration, 'Like `timeouts.idle`, for this provider.'),
    total: optional(duration, 'Like `timeouts.total`, for this provider.'),
  },
  'How long this provider may take; what is not named is as in `timeouts`.',
)

const spendStop = {
  day_usd: optional(usd, 'In one day, UTC. `null`: no limit.'),
  month_usd: optional(usd, 'In one month, UTC. `null`: no limit.'),
}

const providerKey = sectionOr(
  'key',
  {
    key: required(vendorKey, 'The key.'),
    id: optional(id, 'Its name in receipts and health. `null`: its place in the list, from 1.'),
    weight: defaulted(whole(1, 1_000_000), '1', "Share of the requests among the provider's keys."),
    ...ceilings(),
    ...spendStop,
  },
  'A key of the vendor account, alone or with what it may do.',
)

export const provider = (kinds: readonly string[]) =>
  section(
    {
      kind: required(choice(kinds), "The vendor's API it speaks."),
      base_url: optional(
        address,
        "What the vendor's official SDK takes as base URL: with `/v1` for OpenAI kinds, without a version for Anthropic and " +
          'Gemini. `null`: the address of the kind. `openai-compatible` has none and needs one.',
      ),
      keys: listOf(providerKey, [], 'Keys of the vendor account. Empty ones are dropped.'),
      proxy: optional(
        text('an address or `direct`', true, 'address'),
        'The HTTP proxy that stands between: `http://user:password@host:3128`. `direct`: none, whatever the environment says. ' +
          '`null`: as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.',
      ),
      cost_multiplier: defaulted(
        multiplier,
        '"1"',
        'What the account pays of the list price: what `lowest_cost`, `spend_stop` and the books reckon with.',
      ),
      spend_stop: section(
        spendStop,
        'What it may cost, by what its vendor charges. At that it is paused until an administrator resumes it.',
      ),
      protocol: optional(
        choice(PROTOCOLS),
        "The wire format spoken to it. `null`: the client's own where the provider speaks it, else the provider's best.",
      ),
      models: optionalListOf(
        required(model, 'A model.'),
        'The models it serves, for the channel it gets when there is no `channels`. `null`: all that its kind offers.',
      ),
      pass_through: passThrough,
      claude_cli: claudeCli,
      timeouts: providerTimeouts,
    },
    'A vendor account.',
  )

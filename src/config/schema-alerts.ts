import { defaulted, duration, section, toggle, whole } from './fields.ts'

export const alerts = section(
  {
    every: defaulted(duration, '15s', 'How often rules are looked at, by one replica at a time.'),
    ledger_every: defaulted(
      duration,
      '1h',
      'How often the books are checked for rules that ask for it: every posting is read.',
    ),
    timeout: defaulted(duration, '10s', 'How long a webhook may take to answer.'),
    private_addresses: defaulted(
      toggle,
      'false',
      'Whether webhooks may be on this very machine or in a private network. Link-local addresses, such as that of a ' +
        "cloud's metadata, never may.",
    ),
    events: defaulted(whole(10, 1_000_000), '1000', 'How many events are kept, once they are over.'),
  },
  'What operators are told of. See [alerts](alerts.md).',
)

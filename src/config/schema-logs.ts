import { bytes, defaulted, diskBytes, duration, listOf, required, section, text, toggle, whole } from './fields.ts'

export const requestLog = section(
  {
    tails: defaulted(
      whole(0, 1_000),
      '5',
      'How many live views of requests one key or person may have open at once. 0: none.',
    ),
    tails_in_all: defaulted(whole(0, 100_000), '200', 'And all of them together, on one replica.'),
    tail_buffer: defaulted(
      whole(1, 100_000),
      '200',
      'Receipts that wait for a live view that reads slowly; what is more is passed over, and it is told.',
    ),
  },
  'The log of requests.',
)

export const capture = section(
  {
    enabled: defaulted(
      toggle,
      'false',
      'Whether bodies of requests and answers are kept, of keys of `groups` and keys with one of `labels` and of no others. ' +
        'They hold what people wrote. See [logs](logs.md#payloads).',
    ),
    groups: listOf(required(text('a group'), 'A group.'), [], 'Groups whose keys are captured.'),
    labels: listOf(required(text('a label of keys'), 'A label.'), [], 'Labels of keys that are captured.'),
    bytes: defaulted(bytes, '64KiB', 'How much of each body is kept; the rest is cut off, and that is said.'),
    keep: defaulted(duration, '7d', 'How long.'),
    stored: defaulted(
      diskBytes,
      '1GiB',
      'How much the payloads in the database may have in all. Where there is no room for more, the oldest are deleted ' +
        'before their time; a metric says how many.',
    ),
    queue: defaulted(
      bytes,
      '16MiB',
      'What may wait to be written. What is more is not kept; a line in the log and a metric say how much that was.',
    ),
  },
  'Payloads: what requests and answers said.',
)

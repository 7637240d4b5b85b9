import { bytes, defaulted, duration, section, whole } from './fields.ts'

export const files = section(
  {
    bytes: defaulted(bytes, '200MB', 'Largest file that is taken for a provider. It is held in memory on its way.'),
  },
  'Files at providers.',
)

export const batches = section(
  {
    bytes: defaulted(bytes, '200MB', 'Largest input of a batch that is read to be priced.'),
    lines: defaulted(whole(1, 1_000_000), '100000', 'Most requests in one batch.'),
    open_per_key: defaulted(whole(0, 1_000_000), '20', 'How many of one key may run at once. 0: none is made.'),
    poll: defaulted(duration, '60s', 'How often a provider is asked about a batch that runs, at the most seldom.'),
    give_up: defaulted(
      duration,
      '8d',
      'After how long the money of a batch is given back whose end or results its provider does not tell.',
    ),
  },
  'Batches at providers.',
)

/**
 * Models the price source does not have yet, priced from the vendor's own page named beside each. A row goes away when
 * the source gains it: the build step refuses to have both.
 */
export interface AddedPrices {
  readonly input: string
  readonly output: string
  readonly cacheRead: string
  readonly cacheWrite5m: string
  readonly cacheWrite1h?: string
}

export interface Addition {
  readonly id: string
  readonly vendor: string
  readonly name: string
  readonly context: number
  readonly released: string
  readonly spellings: readonly string[]
  /** USD per million tokens; the first holds from the beginning, the others from midnight UTC of their date. */
  readonly versions: readonly {
    readonly from?: string
    readonly prices: AddedPrices
    readonly tiers?: readonly { readonly above: number; readonly prices: AddedPrices }[]
  }[]
}

const sonnet55 = { input: '2', output: '10', cacheWrite5m: '2.5', cacheWrite1h: '4' }

export const ADDITIONS: readonly Addition[] = [
  {
    // platform.claude.com/docs/en/models/sonnet-5-5/overview; cache reads were halved on 2026-10-07.
    id: 'claude-sonnet-5-5',
    vendor: 'anthropic',
    name: 'Claude Sonnet 5.5',
    context: 1_000_000,
    released: '2026-09-28',
    spellings: ['claude-sonnet-5.5'],
    versions: [
      { prices: { ...sonnet55, cacheRead: '0.2' } },
      { from: '2026-10-07', prices: { ...sonnet55, cacheRead: '0.1' } },
    ],
  },
  {
    // platform.claude.com/docs/en/models/haiku-5-5/overview: dearer for prompts over 100,000 tokens.
    id: 'claude-haiku-5-5',
    vendor: 'anthropic',
    name: 'Claude Haiku 5.5',
    context: 1_000_000,
    released: '2026-10-07',
    spellings: ['claude-haiku-5.5'],
    versions: [
      {
        prices: { input: '0.1', output: '0.5', cacheRead: '0.01', cacheWrite5m: '0.125', cacheWrite1h: '0.2' },
        tiers: [
          {
            above: 100_000,
            prices: { input: '0.5', output: '2.5', cacheRead: '0.05', cacheWrite5m: '0.625', cacheWrite1h: '1' },
          },
        ],
      },
    ],
  },
  {
    // developers.openai.com/api/docs/models/gpt-6.1-sol: the whole request is dearer above 272,000 input tokens.
    id: 'gpt-6.1-sol',
    vendor: 'openai',
    name: 'GPT-6.1 Sol',
    context: 1_050_000,
    released: '2026-09-29',
    spellings: [],
    versions: [
      {
        prices: { input: '2', output: '10', cacheRead: '0.1', cacheWrite5m: '2.5' },
        tiers: [{ above: 272_000, prices: { input: '4', output: '15', cacheRead: '0.2', cacheWrite5m: '5' } }],
      },
    ],
  },
]

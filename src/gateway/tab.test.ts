import { describe, expect, test } from 'bun:test'
import type { Observation } from '../canon/protocol.ts'
import type { Ended, Receipt } from '../canon/receipt.ts'
import type { Settlement } from '../ledger/types.ts'
import type { TokensUsed } from '../limits/types.ts'
import { NO_USAGE } from '../canon/usage.ts'
import { ok } from '../result.ts'
import { nanoUsd, ZERO_USD } from '../units.ts'
import { type Closing, openTab, type TabDeps } from './tab.ts'
import { candidateOf, observed, OPENING, TERMS, usageOf } from './test-parts.ts'

const DELIVERED_TOKENS = 7
/** 400 bytes of text are billed as 100 tokens where nobody counted. */
const INPUT = { textBytes: 400, mediaCount: 0, mediaBytes: 0 }

interface Entry {
  readonly how: 'settled' | 'released'
  readonly receipt: Receipt
}

/** A tab on books that write down what is done to them; a token costs one nano-dollar. */
const stage = (more: Partial<TabDeps> = {}, action = 'generate', body: unknown = {}) => {
  const done: Entry[] = []
  const corrected: TokensUsed[] = []
  const defects: unknown[] = []
  let closed = 0
  const deps: TabDeps = {
    ledger: {
      settle: (_id, cost, receipt) => {
        const outcome: Settlement = { charged: cost, uncollected: ZERO_USD }
        done.push({ how: 'settled', receipt: receipt(outcome) })
        return outcome
      },
      release: (_id, receipt) => void done.push({ how: 'released', receipt }),
    },
    tierOf: (reported) => reported,
    isPlausible: () => true,
    charge: (usage) => nanoUsd(BigInt(usage.input + usage.output)),
    termsOf: () => TERMS,
    countTokens: async () => DELIVERED_TOKENS,
    correct: (used) => void corrected.push(used),
    onClosed: () => {
      closed += 1
    },
    onDefect: (error) => void defects.push(error),
    nowMs: () => 3_000,
    ...more,
  }
  const hold = { requestId: OPENING.requestId, amount: OPENING.quote, durable: Promise.resolve(ok(undefined)) }
  const tab = openTab(deps, hold, { ...OPENING, action }, { ...INPUT, bytes: Buffer.from(JSON.stringify(body)) })
  return { tab, done, corrected, defects, closed: () => closed }
}

const closing = (ended: Ended, observation: Observation | undefined): Closing => ({
  candidate: candidateOf(),
  ended,
  status: 200,
  observation,
  delivered: () => 'what was delivered',
  ttftMs: 12,
})

const TOLD = usageOf(30, 20)

describe('what a request is billed', () => {
  const free = { how: 'released', input: 0, output: 0, source: 'upstream' } as const
  const told = { how: 'settled', input: 30, output: 20, source: 'upstream' } as const
  /** What the upstream had told before the end stands; of the output, what was delivered counts where it is more. */
  const reported = { how: 'settled', input: 30, output: 20, source: 'estimated' } as const
  const counted = { how: 'settled', input: 100, output: DELIVERED_TOKENS, source: 'estimated' } as const

  const rows: readonly (readonly [
    Ended,
    'content' | 'no content',
    'usage' | 'no usage',
    'its end' | 'no end',
    object,
  ])[] = [
    ['whole', 'content', 'usage', 'its end', told],
    ['whole', 'content', 'no usage', 'its end', counted],
    ['whole', 'no content', 'usage', 'its end', told],
    // Nobody told that it was nothing.
    ['whole', 'no content', 'no usage', 'its end', { ...free, source: 'estimated' }],
    // A stream that was drained for a client who left.
    ['client_cut', 'content', 'usage', 'its end', told],
    ['client_cut', 'content', 'usage', 'no end', reported],
    ['client_cut', 'content', 'no usage', 'its end', counted],
    ['client_cut', 'content', 'no usage', 'no end', counted],
    ['client_cut', 'no content', 'usage', 'its end', told],
    ['client_cut', 'no content', 'usage', 'no end', free],
    ['client_cut', 'no content', 'no usage', 'no end', free],
    // An error beside a whole answer.
    ['upstream_cut', 'content', 'usage', 'its end', told],
    ['upstream_cut', 'content', 'usage', 'no end', reported],
    ['upstream_cut', 'content', 'no usage', 'no end', counted],
    ['upstream_cut', 'no content', 'usage', 'no end', free],
    ['upstream_cut', 'no content', 'no usage', 'no end', free],
    ['failed', 'content', 'usage', 'its end', free],
    ['failed', 'no content', 'no usage', 'no end', free],
    ['abandoned', 'no content', 'no usage', 'no end', free],
  ]
  test.each(rows)('%s with %s, %s and %s seen', async (ended, content, usage, end, expected) => {
    const { tab, done } = stage()
    const observation = observed({
      contentSeen: content === 'content',
      usage: usage === 'usage' ? TOLD : undefined,
      terminal: end === 'its end',
    })
    const settlement = await tab.close(closing(ended, observation))
    const [only] = done
    expect(done).toHaveLength(1)
    expect({
      how: only?.how,
      input: only?.receipt.usage.input,
      output: only?.receipt.usage.output,
      source: only?.receipt.usageSource,
    } as object).toEqual(expected)
    const cost = nanoUsd(BigInt((only?.receipt.usage.input ?? 0) + (only?.receipt.usage.output ?? 0)))
    expect([settlement.charged, only?.receipt.cost]).toEqual([cost, cost])
    expect(only?.receipt).toMatchObject({ ended, status: 200 })
  })

  test('is what was delivered beside text too, and what the vendor’s tools were seen to use', async () => {
    const { tab, done } = stage()
    const seen = { made: { images: 1 }, pieces: 48_000, tools: { imageOutput: 272 } }
    await tab.close(closing('client_cut', observed({ contentSeen: true, ...seen })))
    const usage = { output: DELIVERED_TOKENS + 1_290, outputAudio: 20, units: { imageOutput: 272 } }
    expect(done).toMatchObject([{ how: 'settled', receipt: { usage, usageSource: 'estimated' } }])
  })

  test('is nothing by tools that cannot have used so much', async () => {
    const { tab, done } = stage({ isPlausible: ({ units }) => (units?.imageOutput ?? 0) < 1_000 })
    await tab.close(closing('client_cut', observed({ contentSeen: true, tools: { imageOutput: 1_000 } })))
    expect(done[0]?.receipt).toMatchObject({ warnings: ['/usage;usage-implausible'] })
    expect(done[0]?.receipt.usage.units).toBeUndefined()
  })

  const unbilled: readonly (readonly [string, Ended, Partial<Observation> | undefined, boolean, unknown])[] = [
    ['a request that was never sent', 'failed', undefined, false, NO_USAGE],
    ['one that was sent, and told nothing', 'client_cut', undefined, true, null],
    ['an answer that was of no use', 'failed', { usage: TOLD, contentSeen: true }, true, TOLD],
    ['a stream that told its input before it was left', 'client_cut', { usage: TOLD }, true, TOLD],
  ]
  test.each(unbilled)(
    'is nothing, and what its provider used is noted: %s',
    async (_what, ended, seen, isSent, used) => {
      const { tab, done } = stage()
      tab.sentAtMs = isSent ? 2_000 : undefined
      await tab.close(closing(ended, seen && observed(seen)))
      expect(done).toMatchObject([{ how: 'released', receipt: { usage: { input: 0, output: 0 } } }])
      expect(done[0]?.receipt.providerUsage).toEqual(used as never)
    },
  )

  test('by a usage that cannot be true is what was delivered, and the receipt keeps what was said', async () => {
    const rawUsage = { said: 'by the vendor' }
    for (const [ended, terminal] of [
      ['whole', true],
      ['client_cut', false],
    ] as const) {
      const { tab, done, corrected } = stage({ isPlausible: () => false })
      await tab.close(closing(ended, observed({ terminal, contentSeen: true, usage: TOLD, rawUsage })))
      const usage = { input: 100, output: DELIVERED_TOKENS }
      const warnings = ['/usage;usage-implausible']
      expect(done).toMatchObject([{ how: 'settled', receipt: { usage, usageSource: 'estimated', rawUsage, warnings } }])
      expect(corrected).toEqual([{ inputTokens: 100, outputTokens: DELIVERED_TOKENS }])
    }
  })

  test('is by the tier that was sent to whoever answered, where that reports none', async () => {
    const tiers: unknown[] = []
    const { tab } = stage({ tierOf: (reported, sent) => void tiers.push([reported, sent]) })
    tab.sentTier = 'priority'
    await tab.close(closing('whole', observed({ terminal: true, usage: TOLD })))
    expect(tiers[0]).toEqual([undefined, 'priority'])
  })

  test('with nothing observed at all is nothing', async () => {
    for (const ended of ['failed', 'client_cut', 'upstream_cut'] as const) {
      const { tab, done } = stage()
      await tab.close(closing(ended, undefined))
      expect(done).toMatchObject([{ how: 'released', receipt: { cost: 0n, ended } }])
    }
  })

  test('for counting tokens is nothing, whatever the answer says', async () => {
    const { tab, done, corrected } = stage({}, 'count-tokens')
    await tab.close(closing('whole', observed({ terminal: true, usage: TOLD, contentSeen: true })))
    expect(done).toMatchObject([{ how: 'released', receipt: { cost: 0n } }])
    expect(corrected).toEqual([{ inputTokens: 0, outputTokens: 0 }])
  })

  test.each(['embed', 'embed-batch'])('for %s is its input alone, whatever output is reported', async (action) => {
    const { tab, done, corrected } = stage({}, action)
    await tab.close(closing('whole', observed({ terminal: true, usage: TOLD, contentSeen: true })))
    expect(done).toMatchObject([{ how: 'settled', receipt: { cost: 30n, usage: { input: 30, output: 0 } } }])
    expect(corrected).toEqual([{ inputTokens: 30, outputTokens: 0 }])
  })

  test('for an embedding without a usage is what its input is reckoned at', async () => {
    const { tab, done } = stage({}, 'embed')
    await tab.close(closing('whole', observed({ terminal: true })))
    expect(done).toMatchObject([{ how: 'settled', receipt: { usage: { input: 100, output: 0 } } }])
  })

  test.each([
    ['embed', { model: 'm', input: 'a text' }],
    ['embed', { model: 'm', input: 'a text', user: 'who', encoding_format: 'float' }],
    ['embed-batch', { requests: [{ content: { parts: [{ text: 'a text' }] } }] }],
  ])('for an embedding without a usage is what the tokeniser makes of its text: %s %j', async (action, body) => {
    const { tab, done } = stage({ countTokens: async (text) => text.length }, action, body)
    await tab.close({ ...closing('whole', observed({ terminal: true })), delivered: () => '' })
    const receipt = { usage: { input: 6, output: 0 }, usageSource: 'estimated', cost: 6n }
    expect(done).toMatchObject([{ how: 'settled', receipt }])
  })

  test('more than the account could pay says so on the receipt', async () => {
    const outcome: Settlement = { charged: nanoUsd(3n), uncollected: nanoUsd(47n) }
    const receipts: Receipt[] = []
    const { tab } = stage({
      ledger: {
        settle: (_id, _cost, receipt) => {
          receipts.push(receipt(outcome))
          return outcome
        },
        release: () => undefined,
      },
    })
    expect(await tab.close(closing('whole', observed({ terminal: true, usage: TOLD })))).toEqual(outcome)
    expect(receipts).toMatchObject([{ cost: 3n, uncollected: 47n }])
  })
})

describe('a tab', () => {
  test('is closed by whoever comes first, and the others learn what that cost', async () => {
    const { tab, done, closed } = stage()
    const whole = tab.close(closing('whole', observed({ terminal: true, usage: TOLD })))
    const left = tab.close(closing('client_cut', undefined))
    expect(await left).toEqual(await whole)
    expect(await tab.close(closing('failed', undefined))).toEqual(await whole)
    expect(done.map(({ receipt }) => receipt.ended)).toEqual(['whole'])
    expect(closed()).toBe(1)
  })

  const broken = () => {
    throw new Error('a defect')
  }
  const defects: readonly (readonly [string, Partial<TabDeps>])[] = [
    ['the price', { charge: broken }],
    ['counting tokens', { countTokens: () => Promise.reject(new Error('a defect')) }],
    ['the limiter', { correct: broken }],
  ]
  test.each(defects)('that cannot be billed for a defect in %s gives the hold back', async (_what, more) => {
    const { tab, done, defects: told, closed } = stage(more)
    await expect(tab.close(closing('whole', observed({ terminal: true, contentSeen: true })))).rejects.toThrow(
      'a defect',
    )
    expect(done).toMatchObject([{ how: 'released', receipt: { cost: 0n, status: 500, ended: 'failed' } }])
    expect([told.length, closed()]).toEqual([1, 1])
  })

  test('that cannot be billed for a defect in reading what was delivered gives the hold back', async () => {
    const { tab, done } = stage()
    const answer = { ...closing('whole', observed({ terminal: true, contentSeen: true })), delivered: broken }
    await expect(tab.close(answer)).rejects.toThrow('a defect')
    expect(done).toMatchObject([{ how: 'released', receipt: { cost: 0n } }])
  })

  test('has the attempts and the times of its request on the receipt', async () => {
    const { tab, done } = stage()
    tab.attempts.push({ channel: 'a', status: 503, error: 'status 503', ms: 4 })
    tab.sentAtMs = 1_004
    await tab.close(closing('whole', observed({ terminal: true, usage: TOLD, rawUsage: { said: 'by the vendor' } })))
    expect(done[0]?.receipt).toMatchObject({
      attempts: [{ channel: 'a', status: 503 }],
      overheadMs: 4,
      latencyMs: 2_000,
      ttftMs: 12,
      rawUsage: { said: 'by the vendor' },
    })
  })
})

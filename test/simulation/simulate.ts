import { join } from 'node:path'
import { FORGETFUL, type Gateway, startGateway } from '../harness/gateway.ts'
import type { Interaction } from '../replay/interaction.ts'
import { type Replay, startReplay } from '../replay/server.ts'
import { randomOf } from '../workload/random.ts'
import { HEALTHY, type Weather, weatherOf } from './faults.ts'

/** What helps against failures, each of which may be switched off. */
export interface Mechanisms {
  readonly failover: boolean
  readonly health: boolean
  readonly hedging: boolean
  readonly strategy: string
}

export interface Scenario {
  readonly name: string
  /** Of each channel. */
  readonly channels: readonly Weather[]
  readonly mechanisms: Mechanisms
}

/** What clients saw, and what it took. */
export interface Outcome {
  readonly requests: number
  readonly succeeded: number
  /** Of those that succeeded: until the first content, in milliseconds. */
  readonly ttftMs: readonly number[]
  /** Requests that reached a vendor. */
  readonly tries: number
  /** Receipts that say `whole`, and what they charge in all: each success once, and nothing else. */
  readonly charged: number
  readonly chargedWrong: number
  readonly ledgerOk: boolean
}

const FIXTURES = join(import.meta.dir, '..', 'fixtures')
const MODEL = 'own-openai-chat-stream-usage-asked'
const KEY = 'simulated-vendor-key'
const PRICE = { input: '3', output: '15' }

/** First byte and idle are short, so that what stalls is noticed within a run. */
const STALL = '400ms'

/** Runs a scenario: `requests` streams, so many at once, against a real gateway and one vendor for each channel. */
export const simulate = async (scenario: Scenario, requests: number, concurrency: number): Promise<Outcome> => {
  const vendors = await Promise.all(scenario.channels.map(() => startReplay({ folders: [FIXTURES], keys: [KEY] })))
  for (const [index, vendor] of vendors.entries())
    vendor.draw(weatherOf(randomOf(index + 1), scenario.channels[index] ?? HEALTHY))
  const gateway = await startGateway({ config: configOf(scenario, vendors), catalogue: CATALOGUE })
  try {
    const customer = await gateway.createCustomer('1000')
    const interaction = vendors[0]?.interactions.find(({ id }) => id === MODEL)
    if (!interaction) throw new Error(`there is no fixture ${MODEL}`)
    const seen = await askAll(gateway, customer.key, interaction, requests, concurrency)
    return { ...seen, requests, tries: triesOf(vendors), ...(await booksOf(gateway, seen.succeeded)) }
  } finally {
    await gateway.stop()
    for (const vendor of vendors) await vendor.stop()
  }
}

const CATALOGUE = {
  models: {
    [MODEL]: { provider: 'acme', type: 'chat', context_window: 200_000, max_output_tokens: 1_000, price: PRICE },
  },
}

const configOf = ({ mechanisms }: Scenario, vendors: readonly Replay[]) => ({
  providers: Object.fromEntries(
    vendors.map(({ url }, index) => [
      `vendor-${index}`,
      { kind: 'openai', protocol: 'openai-chat', base_url: `${url}/v1`, keys: [KEY] },
    ]),
  ),
  channels: vendors.map((_, index) => ({ id: `c${index}`, provider: `vendor-${index}`, models: [MODEL] })),
  groups: { default: { strategy: mechanisms.strategy, ...(mechanisms.hedging && { hedge_after: '120ms' }) } },
  retry: mechanisms.failover ? { attempts: 5 } : { attempts: 1, on_untouched: 0 },
  health: mechanisms.health ? { cool_down: '1s' } : FORGETFUL,
  timeouts: { first_byte: STALL, idle: STALL },
  limits: { per_key: { rpm: 10_000_000 } },
  log: { level: 'error' },
})

interface Seen {
  readonly succeeded: number
  readonly ttftMs: readonly number[]
}

const askAll = async (
  { url }: Gateway,
  key: string,
  interaction: Interaction,
  requests: number,
  concurrency: number,
): Promise<Seen> => {
  const body = JSON.stringify({ ...interaction.request.body, model: MODEL })
  const ttftMs: number[] = []
  let left = requests
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const ms = await askOnce(url, key, body)
      if (ms !== undefined) ttftMs.push(ms)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return { succeeded: ttftMs.length, ttftMs: ttftMs.sort((a, b) => a - b) }
}

/** Milliseconds to the first content of a whole answer; `undefined` for anything else. */
const askOnce = async (url: string, key: string, body: string): Promise<number | undefined> => {
  const startedAtMs = performance.now()
  try {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    })
    if (answer.status !== 200 || !answer.body) return void (await answer.arrayBuffer())
    let text = ''
    let firstMs: number | undefined
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (firstMs === undefined && /"content":"[^"]/.test(text)) firstMs = performance.now() - startedAtMs
    }
    return text.includes('data: [DONE]') && !text.includes('"error"') ? firstMs : undefined
  } catch {
    // Whatever broke, the client has no answer.
    return undefined
  }
}

const triesOf = (vendors: readonly Replay[]): number =>
  vendors.reduce((sum, vendor) => sum + vendor.requests().length, 0)

/** The receipts against what clients saw: every whole answer is charged once, what failed is not. */
const booksOf = async (gateway: Gateway, succeeded: number) => {
  const receipts = await gateway.requests({}, Number.POSITIVE_INFINITY)
  const whole = receipts.filter(({ ended }) => ended === 'whole')
  const wrong = receipts.filter(
    ({ ended, cost_usd: cost, attempts }) =>
      (ended === 'failed' && cost !== '0.000000000') ||
      (ended === 'whole' && (cost === '0.000000000' || attempts.filter(({ error }) => error === null).length !== 1)),
  )
  const { ok, open_holds: open } = await gateway.ledgerCheck()
  return {
    charged: whole.length,
    chargedWrong: wrong.length + Math.abs(whole.length - succeeded),
    ledgerOk: ok && open === 0,
  }
}

/** The value below which this share lies. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

import type { ReceiptJson } from '../harness/admin.ts'
import { type Case, isNative } from './cases.ts'
import type { Script } from './drive.ts'
import type { MockRequest, Scene } from './mock.ts'
import { nanoOf } from './money.ts'
import { PRICES, UPSTREAMS } from './served.ts'
import type { Told } from './upstream/speaker.ts'

/** With the field that tells counting tokens from generating. */
export type Receipt = ReceiptJson & { readonly action: string }

const BUCKETS = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output', 'reasoning'] as const

/** Figures in words, to be compared. */
const figures = (usage: Readonly<Record<string, number>>): string =>
  BUCKETS.map((bucket) => `${bucket} ${usage[bucket] ?? 0}`).join(', ')

/** What the prices say about a usage, to the last nano-dollar. */
const priceOf = (told: Readonly<Record<string, number>>): bigint =>
  (Object.keys(PRICES) as (keyof typeof PRICES)[]).reduce(
    (sum, bucket) => sum + BigInt(told[bucket] ?? 0) * PRICES[bucket],
    0n,
  )

const wrongWith = (receipt: Receipt, one: Case): string[] => {
  const { format } = UPSTREAMS[one.upstream]
  const counted = receipt.action === 'count-tokens'
  const expectedNano = counted ? 0n : priceOf(receipt.usage)
  const checks: [boolean, string][] = [
    [receipt.ended === 'whole', `ended ${receipt.ended}`],
    [receipt.status === 200, `status ${receipt.status}: ${JSON.stringify(receipt.attempts)}`],
    [receipt.client_format === one.client.format, `came in as ${receipt.client_format}`],
    [receipt.upstream_format === format, `went out as ${receipt.upstream_format} instead of ${format}`],
    [counted || receipt.usage_source === 'upstream', `usage was ${receipt.usage_source}`],
    [nanoOf(receipt.cost_usd) === expectedNano, `cost $${receipt.cost_usd} for ${figures(receipt.usage)}`],
  ]
  return checks.filter(([holds]) => !holds).map(([, fault]) => `${receipt.request_id}: ${fault}`)
}

/** Receipts bill what the upstream told, each answer once. */
const wrongUsage = (requests: readonly MockRequest[], receipts: readonly Receipt[]): string[] => {
  const told = requests
    .flatMap((request) => (request.told ? [figures({ ...(request.told satisfies Told) })] : []))
    .toSorted()
  const billed = receipts
    .filter(({ action }) => action !== 'count-tokens')
    .map(({ usage }) => figures(usage))
    .toSorted()
  return told.join('\n') === billed.join('\n') ? [] : [`told:\n${told.join('\n')}\nbilled:\n${billed.join('\n')}`]
}

/** Everything that was wrong with a run. */
export const faultsOfRun = (
  one: Case,
  scripts: readonly Script[],
  { story, requests }: Scene,
  receipts: readonly Receipt[],
): readonly string[] => {
  const counts = one.prompt !== undefined
  const unended = scripts
    .filter(({ code }) => code !== 0)
    .map(({ code, output }) => `the client ended with ${code}:\n${output.trim()}`)
  const refused = requests
    .filter(({ status }) => status >= 400)
    .flatMap(({ path, faults }) => faults.map((fault) => `the upstream refused ${path}: ${fault}`))
  const billed = receipts.filter(({ action }) => action !== 'count-tokens')
  const asked = requests.filter(({ isCount }) => !isCount)
  return [
    ...new Set([
      ...unended,
      ...refused,
      ...story.faults,
      ...(story.isOver || counts ? [] : ['the conversation never came to its end']),
      ...(receipts.length > 0 ? [] : ['nothing was asked']),
      ...(billed.length === asked.length
        ? []
        : [`${asked.length} requests reached the upstream, ${billed.length} left a receipt`]),
      ...wrongUsage(requests, receipts),
      ...receipts.flatMap((receipt) => wrongWith(receipt, one)),
      ...(isNative(one) ? receipts.flatMap(({ warnings }) => warnings.map((text) => `lost on the way: ${text}`)) : []),
    ]),
  ]
}

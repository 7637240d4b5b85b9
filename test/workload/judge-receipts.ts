import { nano } from './arithmetic.ts'
import type { Buckets } from './answers.ts'
import { costOf, type Usage } from './charges.ts'
import type { Told } from './client.ts'
import type { Receipt } from './evidence.ts'
import { type Lookup, requestOf, serveOf } from './lookup.ts'
import type { Serve } from './upstream.ts'

/** The receipt's charge by our own reckoning, what could be collected of it; and everything about it that is not right. */
export const judgeReceipt = (look: Lookup, receipt: Receipt): bigint => {
  const { faults } = look
  const owner = look.owners.get(receipt.key_id)
  if (!owner || owner.customer.userId !== receipt.user_id) {
    faults.add('a receipt of a key that its user has not', receipt.request_id)
    return 0n
  }
  const told = toldOf(look, receipt)
  const served = serveOf(look, receipt)
  if (told && served && served.mark !== told.ask.mark) faults.add('the usage of another request', receipt.request_id)
  const usage = expectedUsage(look, receipt, told)
  const tier = expectedTier(look, receipt, told)
  if (usage && !same(receipt.usage, usage))
    faults.add(
      'a usage that is not what was served',
      `${receipt.request_id}: ${show(receipt.usage)}, not ${show(usage)}`,
    )
  const cost = costOf(usage ?? receipt.usage, receipt, owner.customer, owner.key.group, tier)
  const uncollected = nano(receipt.uncollected_usd)
  if (nano(receipt.cost_usd) + uncollected !== cost)
    faults.add(
      'a charge that is not usage × prices',
      `${receipt.request_id}: ${receipt.cost_usd}, not ${cost} nano-dollars`,
    )
  const surprised = told === undefined || told.ask.body.includes('-surprise')
  // What was set aside for a late one had been given back, and may be spent.
  const isMissing = uncollected > 0n && receipt.corrects === undefined
  if (!surprised && (isMissing || nano(receipt.cost_usd) > nano(receipt.quote_usd)))
    faults.add('a charge above its hold', `${receipt.request_id}: ${receipt.cost_usd} of ${receipt.quote_usd}`)
  if ((receipt.ended === 'failed' || receipt.ended === 'abandoned') && cost > 0n)
    faults.add('a charge for nothing', `${receipt.request_id} ended ${receipt.ended}`)
  return cost - uncollected
}

const NOTHING_USED: Usage = { input: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0, reasoning: 0 }

const show = (usage: Usage): string => JSON.stringify(usage)

const usageOf = (buckets: Buckets): Usage => ({
  input: buckets.input,
  cache_read: buckets.cacheRead,
  cache_write_5m: buckets.cacheWrite5m,
  cache_write_1h: buckets.cacheWrite1h,
  output: buckets.output,
  reasoning: buckets.reasoning,
})

const same = (one: Usage, other: Usage): boolean =>
  Object.keys(other).every((bucket) => (one[bucket] ?? 0) === other[bucket])

/** Whose request it was: by the id its client saw, or by the mark that the upstream's usage carries. */
const toldOf = (look: Lookup, receipt: Receipt): Told | undefined => {
  const { toldByRequest, toldByMark } = look
  const serve = serveOf(look, receipt)
  return toldByRequest.get(requestOf(receipt)) ?? (serve && toldByMark.get(serve.mark))
}

/** What must be billed where that is certain; else whether the estimate can be true, and `undefined`. */
const expectedUsage = (look: Lookup, receipt: Receipt, told: Told | undefined): Usage | undefined => {
  const served = serveOf(look, receipt)
  if (receipt.ended === 'failed' || receipt.ended === 'abandoned') return undefined
  if (receipt.usage_source === 'upstream') {
    // Cut before the first word: whoever got nothing pays nothing, whatever the vendor counted by then.
    if (receipt.ended !== 'whole' && told?.words === 0 && nano(receipt.cost_usd) === 0n) return NOTHING_USED
    if (served?.usage) return usageOf(served.usage)
    if (nano(receipt.cost_usd) > 0n) look.faults.add('a usage that nobody told', receipt.request_id)
    return undefined
  }
  judgeEstimate(look, receipt, told, served)
  return undefined
}

const BYTES_A_TOKEN = 4

/** What was delivered is between what the client read and what the upstream let go of. */
const judgeEstimate = (look: Lookup, receipt: Receipt, told: Told | undefined, served: Serve | undefined): void => {
  const { faults, servesByMark } = look
  const serves = told ? (servesByMark.get(told.ask.mark) ?? []) : []
  const sent = Math.max(0, ...serves.map(({ wordsSent }) => wordsSent))
  const [output, id] = [receipt.usage['output'] ?? 0, receipt.request_id]
  if (!told) {
    if (output > 0 && !served && !isOfNameless(look, receipt)) faults.add('an estimate for nobody', id)
    return
  }
  if (output > Math.max(sent, served ? 1 : 0))
    faults.add('an estimate above what was sent', `${id}: ${output} of ${sent} words`)
  if (output < told.words) faults.add('an estimate below what was read', `${id}: ${output} of ${told.words} words`)
  const reported = served?.usage && usageOf(served.usage)
  const guessed = { input: Math.ceil(told.ask.body.length / BYTES_A_TOKEN) }
  const input = reported ? { ...reported, output, reasoning: 0 } : guessed
  if (output > 0 && !same(receipt.usage, input))
    faults.add('an estimate of other input', `${id}: ${show(receipt.usage)}, not ${show(input)}`)
}

/** A client may leave when its answer is counted and not yet there: the size of its request tells which it was. */
const isOfNameless = ({ nameless, servesByMark }: Lookup, { key_id: key, usage }: Receipt): boolean =>
  (nameless.get(key) ?? []).some(
    ({ ask }) =>
      Math.ceil(ask.body.length / BYTES_A_TOKEN) === usage['input'] &&
      (servesByMark.get(ask.mark) ?? []).some(({ wordsSent }) => wordsSent >= (usage['output'] ?? 0)),
  )

const STANDARD = 'standard'
const plain = (tier: string | undefined): string =>
  tier === undefined || ['auto', 'default'].includes(tier) ? STANDARD : tier

/** The tier the upstream told, else the dearer one that was asked for. Of a cut stream either may be. */
const expectedTier = (look: Lookup, receipt: Receipt, told: Told | undefined): string => {
  const { faults } = look
  const said = receipt.service_tier
  const serve = serveOf(look, receipt)
  const asked = plain(told?.ask.tier)
  const unasked = asked === 'flex' ? STANDARD : asked
  if (receipt.ended === 'failed' || receipt.ended === 'abandoned') return said
  if (serve && receipt.usage_source === 'upstream') {
    const expected = serve.tier === undefined ? unasked : plain(serve.tier)
    if (said !== expected) faults.add('another tier than was served', `${receipt.request_id}: ${said}, not ${expected}`)
    return expected
  }
  if (told && ![STANDARD, asked].includes(said)) faults.add('a tier nobody asked for', `${receipt.request_id}: ${said}`)
  return said
}

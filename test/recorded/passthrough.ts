import type { Customer, ReceiptJson } from '../harness/admin.ts'
import type { Gateway } from '../harness/gateway.ts'
import type { CatalogueEntry } from '../harness/replay-config.ts'
import type { SeenRequest } from '../replay/exchange.ts'
import type { Interaction } from '../replay/interaction.ts'
import { canonicalJson } from '../replay/match.ts'
import type { Replay } from '../replay/server.ts'
import { clientRequest, type ClientRequest } from './ask.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { expectationOf, hasEnd, type Rule, tellsOfError } from './expectation.ts'
import { type Buckets, isFree, reportedSearches, reportedTools, reportedUsage } from './oracle.ts'

export interface Stage {
  readonly gateway: Gateway
  readonly replay: Replay
  readonly customer: Customer
  readonly models: Readonly<Record<string, CatalogueEntry>>
}

/** What came of one interaction: its faults in words, and what to count it under. */
export interface Verdict {
  readonly faults: readonly string[]
  readonly rule: Rule | undefined
  /** Fields it was asked for without. */
  readonly leftOut: readonly string[]
  readonly identical: boolean
  /** Absent where the vendor reported no usage. */
  readonly usageRight: boolean | undefined
}

/** The verdict on an interaction that went wrong before there was an answer to look at. */
export const failed = (fault: string): Verdict => ({
  faults: [fault],
  rule: undefined,
  leftOut: [],
  identical: false,
  usageRight: false,
})

const printable = (bytes: Uint8Array): string => JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 160)))

/** Where two byte strings part, with what each has there; `undefined` when they are equal. */
const difference = (expected: Uint8Array, got: Uint8Array): string | undefined => {
  if (Buffer.compare(expected, got) === 0) return undefined
  let at = 0
  while (at < expected.length && expected[at] === got[at]) at += 1
  return `differs at byte ${at} of ${expected.length} (got ${got.length}): expected ${printable(expected.subarray(at))}, got ${printable(got.subarray(at))}`
}

const bodyFault = (expected: Uint8Array, got: Uint8Array, rule: Rule | undefined): string | undefined => {
  if (rule !== 'no end in the stream') return difference(expected, got)
  const appended = new TextDecoder().decode(got.subarray(expected.length))
  return (
    difference(expected, got.subarray(0, expected.length)) ??
    (appended.includes('error')
      ? undefined
      : `no error event after a stream without an end, but ${JSON.stringify(appended)}`)
  )
}

const sorted = (query: string): string => [...new URLSearchParams(query)].map(String).sort().join('&')

const asJson = (bytes: Uint8Array): Record<string, unknown> => JSON.parse(new TextDecoder().decode(bytes))

/** Whether the gateway asked for usage where the client had not. */
const isUsageInjected = (sent: ClientRequest, seen: SeenRequest): boolean => {
  const asks = (body: Record<string, unknown>): boolean =>
    (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true
  return asks(asJson(seen.body)) && !asks(JSON.parse(sent.body))
}

const withoutIncludeUsage = (body: Record<string, unknown>): Record<string, unknown> => {
  const { stream_options: options, ...rest } = body
  const { include_usage: _usage, ...kept } = (options ?? {}) as Record<string, unknown>
  return Object.keys(kept).length > 0 ? { ...rest, stream_options: kept } : rest
}

/** What the gateway did to the request on its way: nothing but the request for usage. */
const requestFaults = (sent: ClientRequest, seen: SeenRequest, injected: boolean): string[] => {
  const faults: string[] = []
  if (!injected && Buffer.compare(Buffer.from(sent.body), seen.body) !== 0) faults.push('the request body was changed')
  if (injected) {
    const same =
      canonicalJson(withoutIncludeUsage(asJson(seen.body))) ===
      canonicalJson(withoutIncludeUsage(JSON.parse(sent.body)))
    if (!same) faults.push('more of the request body was changed than stream_options.include_usage')
  }
  if (sorted(seen.query) !== sorted(sent.query)) faults.push(`the query "${sent.query}" arrived as "${seen.query}"`)
  for (const [name, value] of Object.entries(sent.headers)) {
    if (!/^(anthropic|openai)-/.test(name)) continue
    const arrived = seen.headers.find(([key]) => key.toLowerCase() === name)?.[1]
    if (arrived !== value) faults.push(`the header ${name}: ${value} arrived as ${arrived}`)
  }
  return faults
}

const BUCKETS = [
  'input',
  'input_audio',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'output_audio',
  'reasoning',
] as const

/** Billionths of a dollar in a decimal string. */
const nano = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** What a search costs where the catalogue does not say: a cent. */
const SEARCH_MILLIONTHS = 10_000_000n * 1_000_000n
/** The same of OpenAI's other tools: a quarter of a cent, three cents, forty dollars for a million tokens. */
const FILE_SEARCH_MILLIONTHS = 2_500_000n * 1_000_000n
const CONTAINER_MILLIONTHS = 30_000_000n * 1_000_000n
const IMAGE_TOKENS_USD = '40'

/** What the usage costs at the catalogue's prices, rounded up once. Audio has no price of its own here: it is as text. */
const costOf = (
  usage: Buckets,
  searches: number,
  tools: ReturnType<typeof reportedTools>,
  { price }: CatalogueEntry,
): bigint => {
  const parts: [number, string][] = [
    [usage.input + usage.input_audio, price.input],
    [usage.cache_read, price.cache_read],
    [usage.cache_write_5m, price.cache_write_5m],
    [usage.cache_write_1h, price.cache_write_1h],
    [usage.output + usage.output_audio, price.output],
  ]
  const fees =
    BigInt(searches) * SEARCH_MILLIONTHS +
    BigInt(tools.file_searches) * FILE_SEARCH_MILLIONTHS +
    BigInt(tools.code_sessions) * CONTAINER_MILLIONTHS +
    BigInt(tools.image_output) * nano(IMAGE_TOKENS_USD)
  const millionths = parts.reduce((sum, [tokens, usd]) => sum + BigInt(tokens) * nano(usd), fees)
  return (millionths + 999_999n) / 1_000_000n
}

const usageFaults = (stage: Stage, interaction: Interaction, receipt: ReceiptJson): string[] => {
  const usage = reportedUsage(interaction)
  if (isFree(interaction)) return nano(receipt.cost_usd) === 0n ? [] : [`counting tokens cost ${receipt.cost_usd}`]
  if (tellsOfError(interaction)) return []
  const ended = hasEnd(interaction) ? 'whole' : 'upstream_cut'
  const faults = receipt.ended === ended ? [] : [`the receipt says it ended ${receipt.ended}, not ${ended}`]
  // Of a stream without its end, what was delivered is counted: the vendor's last word on usage is missing.
  if (!usage || !hasEnd(interaction))
    return receipt.usage_source === 'estimated'
      ? faults
      : [...faults, 'a usage that the vendor did not report in full is not marked as estimated']
  const wrong = BUCKETS.filter((name) => (receipt.usage[name] ?? 0) !== usage[name])
  if (receipt.usage_source !== 'upstream') faults.push('reported usage was not used')
  else if (wrong.length > 0)
    faults.push(wrong.map((name) => `${name} is ${receipt.usage[name] ?? 0}, reported ${usage[name]}`).join('; '))
  const searches = reportedSearches(interaction)
  if ((receipt.usage.web_searches ?? 0) !== searches) faults.push(`not the ${searches} searches that were reported`)
  const tools = reportedTools(interaction)
  for (const [name, count] of Object.entries(tools))
    if ((receipt.usage[name] ?? 0) !== count) faults.push(`${name} is ${receipt.usage[name] ?? 0}, reported ${count}`)
  const entry = stage.models[interaction.id]
  const cost = entry && costOf(usage, searches, tools, entry)
  if (faults.length === 0 && cost !== undefined && nano(receipt.cost_usd) !== cost)
    faults.push(`cost ${receipt.cost_usd} instead of ${cost} billionths of a dollar`)
  return faults
}

/** An exception lets faults pass; one that nothing needs any more is a fault itself. */
const unexcepted = (
  faults: readonly string[],
  exception: string | undefined,
  isUnsteady = false,
): readonly string[] => {
  if (exception === undefined) return faults
  return faults.length > 0 || isUnsteady ? [] : [`needs no exception any more: ${exception}`]
}

/** Sends one interaction through the gateway, cut into pieces on its way, and judges all that came of it. */
export const judge = async (
  stage: Stage,
  interaction: Interaction,
  pieceBytes: number,
  turn: number,
): Promise<Verdict> => {
  const { gateway, replay, customer } = stage
  const sent = clientRequest(interaction, customer.key, turn)
  replay.control({ pieceBytes }, interaction.id)
  const before = stage.replay.requests().length
  const answer = await fetch(gateway.url + sent.target, { method: 'POST', headers: sent.headers, body: sent.body })
  const got = await answer.bytes()
  const seen = stage.replay
    .requests()
    .slice(before)
    .findLast(({ id }) => id === interaction.id)
  if (!seen) return failed(`never reached the vendor: ${answer.status} ${printable(got)}`)

  const injected = isUsageInjected(sent, seen)
  const { bytes, rule } = expectationOf(interaction, injected)
  const bodyWrong = bodyFault(bytes, got, rule)
  const receipt = await gateway.receipt(answer.headers.get('x-request-id') ?? 'none', customer.key)
  const usageWrong = usageFaults(stage, interaction, receipt)
  const excepted = EXCEPTIONS[interaction.id]
  const answerWrong = [
    ...(answer.status === 200 ? [] : [`status ${answer.status}`]),
    ...(bodyWrong === undefined ? [] : [bodyWrong]),
  ]
  const faults = [
    ...requestFaults(sent, seen, injected),
    ...unexcepted(answerWrong, excepted?.bytes),
    ...unexcepted(usageWrong, excepted?.usage, excepted?.isUnsteady),
  ]
  return {
    faults,
    rule,
    leftOut: sent.leftOut,
    identical: bodyWrong === undefined && rule === undefined,
    usageRight: reportedUsage(interaction) && hasEnd(interaction) ? usageWrong.length === 0 : undefined,
  }
}

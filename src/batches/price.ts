import type { Envelope, HeldBy } from '../canon/envelope.ts'
import type { Operation, WireFormat } from '../canon/operation.ts'
import type { PriceVersion } from '../canon/price.ts'
import type { Protocol } from '../canon/protocol.ts'
import type { Splice } from '../canon/scan.ts'
import { applySplices } from '../canon/splice.ts'
import { NO_USAGE } from '../canon/usage.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Pricing } from '../gateway/admit.ts'
import type { Call } from '../gateway/call.ts'
import type { Choose } from '../gateway/choose.ts'
import type { Direct } from '../gateway/direct.ts'
import { fileIdsIn } from '../gateway/held-files.ts'
import { headingOf } from '../gateway/tab.ts'
import type { Principal } from '../keys/types.ts'
import { batchPrices } from '../metering/batch-tier.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate } from '../routing/types.ts'
import { type NanoUsd, nanoUsd, ZERO_USD } from '../units.ts'
import { inLine, type InputLine, type InputLines } from './input.ts'
import type { Share } from './share.ts'

export interface PriceDeps {
  readonly choose: Choose
  readonly direct: Direct
  /** At the prices of batches. */
  readonly pricing: Pricing
  readonly priceAt: (candidate: Candidate, atMs: number) => PriceVersion | undefined
  readonly protocols: Readonly<Record<WireFormat, Protocol>>
}

/** What is to be priced: requests of one operation, for one account. */
export interface PriceRequest {
  readonly call: Call
  readonly principal: Principal
  readonly operation: Operation
  /** Where they will run. `file`: what binds them there, for whoever is told. */
  readonly at: HeldBy
  /** What the lines lie in. */
  readonly bytes: Uint8Array
  readonly lines: InputLines
}

/** A batch as it will be sent and held for. */
export interface PricedBatch {
  readonly shares: readonly Share[]
  /** Which share each request is of, by the client's name for it, as JSON; `null`: there is one share. */
  readonly lines: string | null
  /** With the names of models that the provider knows; the same bytes where those are the client's. */
  readonly bytes: Uint8Array
  /** Files that requests name. */
  readonly fileIds: readonly string[]
}

/** All requests of a batch that ask one model, while they are gathered. */
interface Gathered {
  readonly candidate: Candidate
  readonly modelRequested: string
  amount: NanoUsd
  lines: number
  inputTokens: number
}

/** Others have their turn after so many lines. */
const LINES_AT_ONCE = 100

/**
 * Prices every request of a batch as it would be priced by itself, at the prices of batches: the key may use its model, no
 * rule refuses it, its account serves it. Fails with the first that cannot be, named.
 */
export const priceBatch = async (
  deps: PriceDeps,
  request: PriceRequest,
): Promise<Result<PricedBatch, GatewayError>> => {
  const { bytes, lines } = request
  const gathered = new Map<string, Gathered>()
  const modelOfLine = new Map<string, number>()
  const fileIds = new Set<string>()
  const splices: Splice[] = []
  let count = 0
  for (const line of lines) {
    if (!line.ok) return line
    const priced = priceLine(deps, request, line.value)
    if (!priced.ok) return err(inLine(line.value.index, line.value.id, priced.error))
    const { candidate, envelope, quote, splice } = priced.value
    if (splice) splices.push(splice)
    for (const id of fileIdsIn(line.value.scan, request.operation.format)) fileIds.add(id)
    const share = gathered.get(candidate.model.id) ?? newShare(candidate, envelope.model)
    gathered.set(candidate.model.id, share)
    share.amount = nanoUsd(share.amount + quote.amount)
    share.lines += 1
    share.inputTokens += quote.inputTokensReserved
    modelOfLine.set(line.value.id, [...gathered.keys()].indexOf(candidate.model.id))
    count += 1
    if (count % LINES_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  if (count === 0) return err(EMPTY)
  const shares = [...gathered.values()].map((share, index) => shareOf(deps, request, share, index))
  return ok({
    shares,
    lines: shares.length > 1 ? JSON.stringify(Object.fromEntries(modelOfLine)) : null,
    bytes: applySplices(bytes, splices),
    fileIds: [...fileIds],
  })
}

const EMPTY = fault('invalid-request', 'The batch has no requests in it. Send at least one.')

const newShare = (candidate: Candidate, modelRequested: string): Gathered => ({
  candidate,
  modelRequested,
  amount: ZERO_USD,
  lines: 0,
  inputTokens: 0,
})

interface PricedLine {
  readonly candidate: Candidate
  readonly envelope: Envelope
  readonly quote: { readonly amount: NanoUsd; readonly inputTokensReserved: number }
  readonly splice: Splice | undefined
}

const priceLine = (
  { choose, direct, pricing, priceAt, protocols }: PriceDeps,
  { call, principal, operation, at }: PriceRequest,
  { scan, start, end }: InputLine,
): Result<PricedLine, GatewayError> => {
  const protocol = protocols[operation.format]
  const lineCall: Call = { ...call, operation, protocol }
  const read = protocol.readEnvelope(scan, operation)
  if (!read.ok) return read
  if (read.value.stream) return err(STREAMED)
  const carried = KEPT_HERE.find((name) => scan.members.has(name))
  if (operation.format === 'openai-responses' && carried !== undefined) return err(goesOn(carried))
  const envelope = direct(lineCall, principal, { ...read.value, heldBy: at })
  if (!envelope.ok) return envelope
  const chosen = choose(lineCall, principal, envelope.value)
  if (!chosen.ok) return chosen
  const candidate = chosen.value.find(({ upstreamFormat }) => upstreamFormat === operation.format)
  if (!candidate) return err(translated(envelope.value.model, at.provider))
  if (hasFees(priceAt(candidate, call.startedAtMs))) return err(feePerRequest(candidate.model.id))
  const quote = pricing.quote(lineCall, envelope.value, principal, candidate)
  if (!quote.ok) return quote
  const { upstreamModel: model, channel } = candidate
  const body = protocol.rewrite(envelope.value, operation, { model, dialect: channel.provider.kind.dialect })
  const splice = Buffer.compare(body, scan.bytes) === 0 ? undefined : { start, end, text: oneLine(body) }
  return ok({ candidate, envelope: envelope.value, quote: quote.value, splice })
}

/** What a rule of the group put in may have line ends of its own, and a line of a file must not. */
const oneLine = (body: Uint8Array): string =>
  Buffer.from(body)
    .toString()
    .replaceAll(/[\r\n]+/g, ' ')

const STREAMED = fault('unsupported-parameter', '`stream` is not for batches: leave it out', { param: 'stream' })
/** Members that name what is kept here, or keep something here; a batch's requests are sent as they are. */
const KEPT_HERE = ['previous_response_id', 'conversation', 'background']
const goesOn = (param: string): GatewayError =>
  fault('unsupported-parameter', `\`${param}\` is not for batches: send the whole conversation in \`input\``, { param })
const translated = (model: string, provider: string): GatewayError =>
  fault(
    'unsupported-format',
    `Model ${model} is not served in the format of this batch at provider ${provider}. Use another model or endpoint.`,
    { param: 'model' },
  )

/** A fee for each request could not be told on a receipt of many. */
const hasFees = (version: PriceVersion | undefined): boolean =>
  [version?.prices, ...(version?.tiers ?? []).map(({ prices }) => prices)].some(
    (prices) => prices?.units?.request !== undefined || prices?.units?.searchedRequest !== undefined,
  )
const feePerRequest = (model: string): GatewayError =>
  fault('unknown-model-pricing', `Model ${model} has a fee for each request, and is not served in batches.`, {
    param: 'model',
  })

const shareOf = (
  { pricing, priceAt }: PriceDeps,
  { call, principal, operation, at }: PriceRequest,
  { candidate, modelRequested, amount, lines, inputTokens }: Gathered,
  index: number,
): Share => {
  const version = priceAt(candidate, call.startedAtMs)
  if (!version) throw new Error(`a batch was priced without a price of ${candidate.model.id}`)
  const { tier, version: priced, others } = batchPrices(version)
  const requestId = index === 0 ? call.id : `${call.id}-${index + 1}`
  const opening = {
    requestId,
    atMs: call.startedAtMs,
    userId: principal.userId,
    keyId: principal.keyId,
    projectId: principal.projectId,
    group: principal.group,
    clientFormat: operation.format,
    action: 'batch',
    modelRequested,
    stream: false,
    quote: amount,
  }
  const terms = pricing.terms(NO_USAGE, principal, candidate, call.startedAtMs)
  const heading = headingOf(opening, candidate, { ...terms, ...(tier !== undefined && { serviceTier: tier }) }, at.key)
  return {
    requestId,
    heading,
    quote: amount,
    lines,
    inputTokens: Math.ceil(inputTokens / lines),
    action: operation.action,
    table: priced,
    others,
  }
}

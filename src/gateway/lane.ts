import type { CacheMark } from '../canon/blocks.ts'
import type { Carriers, Codec, JsonObject, Target, UpstreamCodec } from '../canon/codec.ts'
import type { Envelope } from '../canon/envelope.ts'
import { CONVERSATION_FORMATS, type Action, type UpstreamFormat, type WireFormat } from '../canon/operation.ts'
import { writeJson } from '../canon/json-text.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Profile } from '../canon/profile.ts'
import type { UpstreamProtocol } from '../canon/protocol.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result, type Soon } from '../result.ts'
import type { Candidate } from '../routing/types.ts'
import {
  createStreamTranslation,
  gatherAnswer,
  type Lane,
  streamAnswer,
  type StreamTranslation,
  translateAnswer,
  type Translated,
} from '../translation/answer.ts'
import { placeBreakpoints } from '../translation/breakpoints.ts'
import { mayCarryEnvelope } from '../translation/carriers.ts'
import { canCount, countable, countingBody, readCount, writeCount } from '../translation/count.ts'
import { createChoicesTranslation } from '../translation/choices.ts'
import { countEmbedInput } from '../metering/embed-input.ts'
import { sentTier, writtenTier } from '../metering/sent-tier.ts'
import { translateEmbedAnswer, translateEmbedRequest } from '../translation/embeddings.ts'
import { type ReadRequest, readRequest, reversalOf, warningsOf, writeRequest } from '../translation/request.ts'
import { withoutState } from '../translation/without-state.ts'
import type { VendorRequest } from '../providers/types.ts'
import type { Principal } from '../keys/types.ts'
import type { Call } from './call.ts'
import { scopeOf } from './recall.ts'
import type { Listener, Replay } from './replay.ts'
import type { ReadError } from './stream-refusal.ts'
import { strictnessOf } from './strictness.ts'
import { withOwnWords, withVendorLosses } from './vendor-losses.ts'
import { betasOf, fitBody } from './vendor-request.ts'

/** A request made ready for one candidate, and what its answer is read with. */
export interface Prepared {
  /** Reads what the upstream answers. */
  readonly protocol: UpstreamProtocol
  readonly action: Action
  readonly body: Uint8Array
  /** `false`: no upstream is asked, as it has no endpoint for this; the answer is `estimate`'s. */
  readonly sends: boolean
  /** A token count reckoned here, in the client's format. */
  readonly estimate: () => Promise<Result<string, GatewayError>>
  /** `undefined`: the answer passes as it comes. */
  readonly translation: AnswerTranslation | undefined
  /** An error of the upstream's in Tollgate's kinds. */
  readonly readError: ReadError
  /** What the request lost: `<JSON pointer>;<code>`. */
  readonly warnings: readonly string[]
  /** Where the vendor wants it otherwise than the format says. */
  readonly vendor?: VendorRequest
  /** What is sent of the client's `anthropic-beta`; `undefined`: as it came. */
  readonly betas?: string
  /** The tier of service that the body asks for, where that is not the standard one. */
  readonly serviceTier?: string | undefined
}

/** Who of the two streams: some upstreams answer in one piece where a stream was asked for, and some the other way round. */
export interface Streams {
  readonly client: boolean
  readonly upstream: boolean
}

/** Turns the answer of one upstream into the client's format. */
export interface AnswerTranslation {
  /** An answer that is there to its end. */
  whole(body: Uint8Array, streams: Streams): Result<Translated, GatewayError>
  stream(): StreamTranslation
  error(status: number, body: unknown): GatewayError
}

export interface LaneDeps {
  readonly protocols: Readonly<Record<UpstreamFormat, UpstreamProtocol>>
  readonly codecs: Readonly<Partial<Record<WireFormat, Codec>>>
  readonly upstreamCodecs: Readonly<Partial<Record<UpstreamFormat, UpstreamCodec>>>
  readonly profileOf: (candidate: Candidate) => Profile
  readonly carriers: Carriers
  readonly countTokens: (text: string) => Promise<number>
  readonly replay: Replay
  /** Whether a group's prompts are marked for the vendor's cache, and for how long. */
  readonly breakpointsOf: (group: string) => { readonly ttl: CacheMark['ttl'] } | undefined
  readonly eventBytesMax: number
  readonly depthMax: number
}

/** `without-state`: the upstream cannot read the reasoning state in it (`translation/without-state.ts`). */
export type Repair = 'without-state'

export type Prepare = (candidate: Candidate, repair?: Repair) => Soon<Result<Prepared, GatewayError>>

/**
 * How a request goes to each of its candidates. In the client's own format it goes as it came; but reasoning that
 * another vendor sealed into it has to be taken out first, and then it is read and written again in that format.
 */
export const createLanes =
  (deps: LaneDeps) =>
  (call: Call, envelope: Envelope, principal: Principal): Prepare => {
    const scope = scopeOf(principal)
    const breakpoints = deps.breakpointsOf(principal.group)
    let known: ReturnType<Read> | undefined
    const read: Read = () => {
      known ??= readOnce(deps, call, envelope, scope)
      return known
    }
    const strict = strictnessOf(call.request.headers)
    const prepare: Prepare = (candidate, repair) => {
      const { upstreamFormat } = candidate
      const native = upstreamFormat === call.operation.format
      if (native && !(isConversation(call) && (repair || mayCarryEnvelope(envelope.scan.bytes)))) {
        return ok(passThrough(deps, call, envelope, candidate, read))
      }
      if (isEmbedding(call)) return embed(deps, call, envelope, candidate)
      const readFor: Read = repair ? async () => mapOk(await read(), withoutState) : read
      return translate(deps, call, envelope, candidate, { read: readFor, scope, breakpoints })
    }
    return (candidate, repair) => {
      if (!strict.ok) return strict
      const finish = (prepared: Result<Prepared, GatewayError>): Result<Prepared, GatewayError> =>
        strictly(
          strict.value,
          prepared.ok ? madeFit(call, envelope, candidate, withLost(prepared.value, envelope)) : prepared,
        )
      const prepared = prepare(candidate, repair)
      return prepared instanceof Promise ? prepared.then(finish) : finish(prepared)
    }
  }

/** What was lost before the request was written is declared first. */
const withLost = (prepared: Prepared, { lost = [] }: Envelope): Prepared =>
  lost.length === 0 ? prepared : { ...prepared, warnings: [...warningsOf(lost), ...prepared.warnings] }

/** The request as this vendor wants it, and what it loses there. */
const madeFit = (
  call: Call,
  envelope: Envelope,
  candidate: Candidate,
  prepared: Prepared,
): Result<Prepared, GatewayError> => {
  const fit = fitted(call, envelope, candidate, prepared)
  return fit.ok ? withVendorLosses(call, candidate, withOwnWords(candidate, fit.value)) : fit
}

/** The request as this vendor wants it, where that is not as the format says. */
const fitted = (
  call: Call,
  { stream }: Envelope,
  { channel, upstreamFormat, upstreamModel }: Candidate,
  prepared: Prepared,
): Result<Prepared, GatewayError> => {
  const { requestOf, betas: rule } = channel.provider.kind
  if (!requestOf || !prepared.sends) return ok(prepared)
  const { action, body, warnings } = prepared
  const vendor = requestOf({ format: upstreamFormat, action, model: upstreamModel, stream })
  if (!vendor) return action === 'count-tokens' ? ok({ ...prepared, sends: false }) : err(unplaced(upstreamModel))
  const native = upstreamFormat === call.operation.format
  const { passed, dropped } = betasOf(native ? call.request.headers.get('anthropic-beta') : null, rule)
  const inBody = rule?.place === 'body'
  return ok({
    ...prepared,
    vendor,
    body: fitBody(body, vendor, inBody ? passed : []),
    ...(rule && { betas: inBody ? '' : passed.join(',') }),
    warnings: dropped.length === 0 ? warnings : [...warnings, '/anthropic_beta;unsupported'],
  })
}

const unplaced = (model: string): GatewayError =>
  fault('unsupported-format', `Model ${model} cannot be asked for this at its provider. Choose another.`)

const isConversation = ({ operation }: Call): boolean =>
  CONVERSATION_FORMATS.has(operation.format) && !operation.action.startsWith('embed')

const isEmbedding = ({ operation }: Call): boolean => operation.action.startsWith('embed')

/** In strict mode the first loss refuses the request. */
const strictly = (strict: boolean, prepared: Result<Prepared, GatewayError>): Result<Prepared, GatewayError> => {
  const [first] = prepared.ok ? prepared.value.warnings : []
  if (!strict || first === undefined) return prepared
  const [param = '', code = ''] = first.split(';')
  const message = `Strict mode: ${param === '' ? 'the request' : param} cannot be sent to this model without a loss (${code}). Leave it out, choose another model, or drop x-tollgate-strict.`
  return err(fault('unsupported-parameter', message, { param }))
}

const mapOk = <T, U>(result: Result<T, GatewayError>, map: (value: T) => U): Result<U, GatewayError> =>
  result.ok ? ok(map(result.value)) : result

type Read = () => Promise<Result<ReadRequest, GatewayError>>

const passThrough = (deps: LaneDeps, call: Call, envelope: Envelope, candidate: Candidate, read: Read): Prepared => {
  const { kind } = candidate.channel.provider
  const rewrite = { model: candidate.upstreamModel, dialect: kind.dialect }
  return {
    protocol: deps.protocols[candidate.upstreamFormat],
    action: call.operation.action,
    body: call.protocol.rewrite(envelope, call.operation, rewrite),
    sends: true,
    estimate: async () => estimate(deps, call, await read()),
    translation: undefined,
    readError: readErrorOf(deps, candidate.upstreamFormat),
    warnings: [],
    serviceTier: envelope.demand?.variant ?? sentTier(candidate.upstreamFormat, envelope.scan),
  }
}

/** Embeddings and what else has no codec word their errors as Chat does. */
const readErrorOf = ({ upstreamCodecs }: LaneDeps, format: UpstreamFormat): ReadError => {
  const codec = upstreamCodecs[format] ?? upstreamCodecs['openai-chat']
  return (status, body) => codec?.parseError(status, body) ?? untranslatable(format)
}

/** Tollgate's own fields are taken out first, so that nobody reads them as the format's. */
const readOnce = async (
  deps: LaneDeps,
  call: Call,
  envelope: Envelope,
  scope: string,
): Promise<Result<ReadRequest, GatewayError>> => {
  const codec = deps.codecs[call.operation.format]
  if (!codec) return err(untranslatable(call.operation.format))
  const rewrite = { model: envelope.model, dialect: { acceptsStreamOptions: false } }
  const body = call.protocol.rewrite(envelope, call.operation, rewrite)
  const read = readRequest(codec, body, call.operation, deps.carriers)
  return read.ok ? ok(await deps.replay.restore(call, scope, read.value)) : read
}

/** What is asked for, and for whom. */
interface Asking {
  readonly read: Read
  readonly scope: string
  readonly breakpoints: ReturnType<LaneDeps['breakpointsOf']>
}

const placed = (read: ReadRequest, profile: Profile, breakpoints: Asking['breakpoints']): ReadRequest =>
  breakpoints ? { ...read, conversation: placeBreakpoints(read.conversation, profile, breakpoints.ttl) } : read

const translate = async (
  deps: LaneDeps,
  call: Call,
  envelope: Envelope,
  candidate: Candidate,
  { read, scope, breakpoints }: Asking,
): Promise<Result<Prepared, GatewayError>> => {
  const { upstreamFormat, upstreamModel } = candidate
  const { action, format } = call.operation
  const upstream = deps.upstreamCodecs[upstreamFormat]
  const client = deps.codecs[format]
  if (!upstream || !client) return err(untranslatable(upstreamFormat))
  const request = await read()
  if (!request.ok) return request
  const profile = deps.profileOf(candidate)
  const target: Target = { model: upstreamModel, profile, stream: envelope.stream, action }
  const native = upstreamFormat === format
  const written = writeRequest(upstream, native ? request.value : placed(request.value, profile, breakpoints), target)
  if (!written.ok) return written
  const { body, losses, rendered } = written.value
  const counting = action === 'count-tokens' && !native
  const given = { requestId: call.id, createdAtMs: call.startedAtMs, carriers: deps.carriers }
  const reversal = reversalOf(withStreamForm(call, envelope, request.value), rendered, given)
  const lane: Lane = { upstream, client, source: { family: profile.family, requestId: call.id }, reversal }
  return ok({
    protocol: deps.protocols[upstreamFormat],
    action,
    body: native ? resent(deps, call, body, candidate) : counting ? counted(candidate, rendered.body) : body,
    sends: !counting || canCount(upstreamFormat),
    estimate: () => estimate(deps, call, request),
    translation: native
      ? undefined
      : counting
        ? countTranslation(lane)
        : translationOf(lane, deps.eventBytesMax, deps.replay.listen(call, scope, request.value.conversation.turns)),
    readError: readErrorOf(deps, upstreamFormat),
    warnings: warningsOf(losses),
    serviceTier: writtenTier(upstreamFormat, rendered.body),
  })
}

/** A body of the client's own format, written anew, is sent like any other of that format. */
const resent = (deps: LaneDeps, call: Call, body: Uint8Array, candidate: Candidate): Uint8Array => {
  const scan = scanObject(body, { depthMax: deps.depthMax })
  const envelope = scan.ok ? call.protocol.readEnvelope(scan.value, call.operation) : scan
  if (!envelope.ok) throw new Error(`a body that was read once cannot be read again: ${envelope.error.message}`)
  const { dialect } = candidate.channel.provider.kind
  return call.protocol.rewrite(envelope.value, call.operation, { model: candidate.upstreamModel, dialect })
}

const counted = ({ upstreamFormat }: Candidate, body: JsonObject): Uint8Array =>
  bytesOf(countingBody(upstreamFormat, body))

const bytesOf = (value: unknown): Uint8Array => Buffer.from(writeJson(value))

/** Gemini's clients get a JSON array where they did not ask for events. */
const withStreamForm = (call: Call, { stream }: Envelope, read: ReadRequest): ReadRequest => {
  if (call.operation.format !== 'gemini' || !stream || call.search.get('alt') === 'sse') return read
  const { conversation } = read
  return { ...read, conversation: { ...conversation, wishes: { ...conversation.wishes, streamsArray: true } } }
}

/** A token count reckoned from the text, where no upstream counts. */
const estimate = async (
  deps: LaneDeps,
  { operation }: Call,
  read: Result<ReadRequest, GatewayError>,
): Promise<Result<string, GatewayError>> => {
  if (!read.ok) return read
  const { text, overheadTokens } = countable(read.value.conversation)
  return ok(writeCount(operation.format, (await deps.countTokens(text)) + overheadTokens))
}

const countTranslation = ({ upstream, client }: Lane): AnswerTranslation => ({
  whole(body) {
    const count = readCount(body)
    return count.ok ? ok({ body: writeCount(client.format, count.value), losses: [] }) : count
  },
  stream: neverStreamed,
  error: (status, body) => upstream.parseError(status, body),
})

const neverStreamed = (): never => {
  throw new Error('token counts and embeddings are never streamed')
}

const translationOf = (lane: Lane, eventBytesMax: number, listener: Listener | undefined): AnswerTranslation =>
  lane.reversal.choices === undefined
    ? translationOfOne(lane, eventBytesMax, listener)
    : translationOfMany(lane, eventBytesMax, listener)

const translationOfMany = (lane: Lane, eventBytesMax: number, listener: Listener | undefined): AnswerTranslation => {
  const { whole, stream } = createChoicesTranslation(lane, eventBytesMax, listener)
  return {
    whole: (body, streams) => whole(body, streams),
    stream,
    error: (status, body) => lane.upstream.parseError(status, body),
  }
}

const translationOfOne = (lane: Lane, eventBytesMax: number, listener: Listener | undefined): AnswerTranslation => ({
  whole: (body, streams) => {
    if (streams.upstream) return gatherAnswer(lane, body, eventBytesMax, listener?.answer)
    return (streams.client ? streamAnswer : translateAnswer)(lane, body, listener?.answer)
  },
  stream: () => createStreamTranslation(lane, eventBytesMax, listener?.event),
  error: (status, body) => lane.upstream.parseError(status, body),
})

const embed = async (
  deps: LaneDeps,
  call: Call,
  envelope: Envelope,
  candidate: Candidate,
): Promise<Result<Prepared, GatewayError>> => {
  const { upstreamModel, upstreamFormat } = candidate
  const request = translateEmbedRequest(call.operation, envelope.scan.bytes, envelope.model, upstreamModel)
  if (!request.ok) return request
  const { body, losses, action, wish } = request.value
  // Gemini's clients are told no usage at all; OpenAI's are told what is billed where the upstream tells none.
  const counted = wish.format === 'gemini' ? undefined : await countEmbedInput(envelope.scan, deps.countTokens)
  const whole = (answer: Uint8Array): Result<Translated, GatewayError> => translateEmbedAnswer(wish, answer, counted)
  const readError = readErrorOf(deps, upstreamFormat)
  return ok({
    protocol: deps.protocols[upstreamFormat],
    action,
    body,
    sends: true,
    estimate: async () => err(untranslatable(upstreamFormat)),
    translation: { whole, stream: neverStreamed, error: readError },
    readError,
    warnings: warningsOf(losses),
  })
}

const untranslatable = (format: UpstreamFormat): GatewayError =>
  fault('unsupported-format', `Requests in the ${format} format cannot be translated for this model. Choose another.`)

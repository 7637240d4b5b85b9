import type { Envelope } from '../../canon/envelope.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { has, modelIn, type PassBody, scanOf, smallValue } from './body.ts'
import type { Endpoint } from './endpoint.ts'

/** What is asked of a provider's own endpoint. */
export interface Ask {
  readonly endpoint: Endpoint
  readonly body: PassBody
  /** `undefined`: none is named, which only a free endpoint may leave out. */
  readonly model: string | undefined
  readonly isFree: boolean
  /** What quoting and limits need to know. */
  readonly envelope: Envelope
}

/** What stands for a model where none is named, in receipts. */
export const NO_MODEL = 'pass-through'

/** Reads what a request asks. `isFree`: nothing of it is metered, so that it may be anything. */
export const readAsk = (
  endpoint: Endpoint,
  search: URLSearchParams,
  body: PassBody,
  isFree: boolean,
): Result<Ask, GatewayError> => {
  if (isFree) return ok({ endpoint, body, model: undefined, isFree, envelope: envelopeOf(body, NO_MODEL, {}) })
  const model = modelOf(endpoint, search, body)
  if (!model.ok) return model
  if (smallValue(body, 'background') === true) return err(IN_BACKGROUND)
  const counts = countsOf(body)
  return counts.ok
    ? ok({ endpoint, body, model: model.value, isFree, envelope: envelopeOf(body, model.value, counts.value) })
    : counts
}

/** The one model that a request names, wherever it does. Where it names two, nobody knows which one is run. */
const modelOf = (endpoint: Endpoint, search: URLSearchParams, body: PassBody): Result<string, GatewayError> => {
  const inBody = modelIn(body)
  if (!inBody.ok) return inBody
  const names = [...new Set([inBody.value ?? [], search.getAll('model'), modelInPath(endpoint) ?? []].flat())]
  const [name] = names
  if (name === undefined || name === '') return err(UNNAMED)
  if (names.length > 1) return err(TWO_MODELS)
  // Another reader may find a model in what was not read here as JSON.
  if (body.kind === 'other' && inBody.value === undefined && looksReadable(body.bytes)) return err(UNREADABLE)
  return ok(name)
}

/** Segments behind which vendors put a model, or a deployment of one. */
const BEFORE_MODEL = new Set(['models', 'model', 'deployments', 'engines'])

/** The model in a path: `models/imagen-4:predict`, `openai/deployments/gpt/images/edits`. */
export const modelInPath = ({ segments }: Endpoint): string | undefined => {
  const at = segments.findIndex((segment) => BEFORE_MODEL.has(segment))
  const segment = at === -1 ? undefined : segments[at + 1]
  return segment === undefined ? undefined : decodeURIComponent(segment.split(':')[0] ?? '')
}

/** The path with another name for its model. */
export const withModelInPath = ({ segments }: Endpoint, model: string): readonly string[] => {
  const at = segments.findIndex((segment) => BEFORE_MODEL.has(segment))
  return segments.map((segment, index) => {
    if (at === -1 || index !== at + 1) return segment
    const colon = segment.indexOf(':')
    return encodeURIComponent(model) + (colon === -1 ? '' : segment.slice(colon))
  })
}

const OPENING = /^[\s\uFEFF]*[[{]/
const PEEKED_BYTES = 256

/** JSON under another name, or a form that is written as a query. */
const looksReadable = (bytes: Uint8Array): boolean => {
  const start = Buffer.from(bytes.subarray(0, PEEKED_BYTES)).toString('utf8')
  return OPENING.test(start) || /^[\w%.[\]-]+=/.test(start)
}

interface Counts {
  readonly outputTokensLimit?: number
  readonly choices?: number
}

/** Under which names vendors take a limit of the output. The largest counts: nobody knows which one is read there. */
const LIMITS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'max_new_tokens', 'max_tokens_to_sample']
const CHOICES = ['n', 'best_of', 'num_generations']
const CHOICES_MAX = 128

const countsOf = (body: PassBody): Result<Counts, GatewayError> => {
  const limits = numbersIn(body, LIMITS, Number.MAX_SAFE_INTEGER)
  const choices = numbersIn(body, CHOICES, CHOICES_MAX)
  if (!limits.ok) return limits
  if (!choices.ok) return choices
  return ok({
    ...(limits.value.length > 0 && { outputTokensLimit: Math.max(...limits.value) }),
    ...(choices.value.length > 0 && { choices: Math.max(...choices.value) }),
  })
}

const numbersIn = (body: PassBody, names: readonly string[], max: number): Result<readonly number[], GatewayError> => {
  const found: number[] = []
  for (const name of names) {
    if (!has(body, name)) continue
    const value = smallValue(body, name)
    if (value === null) continue
    const count = body.kind === 'form' && typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1 || count > max) {
      const issue = `must be a whole number from 1 to ${max}`
      return err(fault('invalid-request', `\`${name}\` ${issue}.`, { param: name, issue }))
    }
    found.push(count)
  }
  return ok(found)
}

/** Members that name what is kept upstream, which is read as input too. */
const STORED = ['previous_response_id', 'conversation', 'cachedContent', 'file_id', 'input_file_id', 'prompt', 'file']
/** Of these, where they are objects: a text is the prompt itself. */
const STORED_OBJECTS = new Set(['prompt', 'file'])
const OBJECT_START = 0x7b
const NULL_START = 0x6e

const refersToStored = (body: PassBody): boolean =>
  body.kind === 'json' &&
  STORED.some((name) => {
    const member = body.scan.members.get(name)
    const first = member && body.bytes[member.valueStart]
    return first !== undefined && (STORED_OBJECTS.has(name) ? first === OBJECT_START : first !== NULL_START)
  })

const envelopeOf = (body: PassBody, model: string, { outputTokensLimit, choices = 1 }: Counts): Envelope => {
  const scan = scanOf(body)
  const streams = smallValue(body, 'stream')
  return {
    scan,
    model,
    stream: streams === true || streams === 'true',
    outputTokensLimit,
    choices,
    includesUsage: true,
    refersToStored: scan.storedReferences > 0 || refersToStored(body),
    providers: [],
    fallbacks: [],
  }
}

const UNNAMED = fault(
  'unknown-model-pricing',
  'This request names no model, so nobody can say what it costs. Name one in `model`, or ask the operator to open the endpoint with `free: true` in `pass_through`.',
  { param: 'model' },
)
const TWO_MODELS = fault('invalid-request', 'The request names two different models. Name one, in one place.', {
  param: 'model',
  issue: 'two different models are named',
})
const UNREADABLE = fault(
  'unsupported-media-type',
  'This body may name another model than the address does. Send JSON as application/json, or a form as multipart/form-data.',
  { param: 'content-type' },
)
const IN_BACKGROUND = fault(
  'unsupported-parameter',
  'What runs in the background reports its usage to nobody here. Leave `background` out.',
  { param: 'background' },
)

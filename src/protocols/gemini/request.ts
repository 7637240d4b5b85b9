import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import { elementsOf } from '../../canon/scan-object.ts'
import type { Scan, Splice } from '../../canon/scan.ts'
import { replaceValue, shiftSplices } from '../../canon/splice.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import {
  CHOICES,
  type Fields,
  LIMIT,
  checkKind,
  checkPathModel,
  envelopeOf,
  fieldsOf,
  isSent,
  kindOf,
  mistake,
  readCount,
  readObject,
  readObjectAt,
  readString,
  rewriteBody,
} from '../envelope.ts'

/** Reads the envelope of a Gemini request. Model and streaming are in the path. */
export const readEnvelope = (scan: Scan, operation: Operation): Result<Envelope, GatewayError> => {
  const fields = fieldsOf(scan)
  const model = checkPathModel(fields, operation.pathModel)
  CHECKS[operation.action]?.(fields)
  // Read for their types only: what the path says is what counts.
  for (const named of modelHolders(fields)) readString(named.fields, 'model', 'a string such as "models/name"')
  const cache = either(fields, 'cachedContent', 'cached_content')
  readString(fields, cache, 'the name of a cached content')
  const config = readObject(fields, either(fields, 'generationConfig', 'generation_config'))
  return envelopeOf(fields, {
    model,
    stream: operation.pathStream ?? false,
    outputTokensLimit: config && readCount(config, either(config, 'maxOutputTokens', 'max_output_tokens'), LIMIT),
    choices: (config && readCount(config, either(config, 'candidateCount', 'candidate_count'), CHOICES)) ?? 1,
    refersToStored: isSent(fields, cache),
  })
}

/** The body to send: where it repeats the model of the path, it names the one there too. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array => {
  const splices = modelHolders(fieldsOf(envelope.scan)).flatMap(({ fields, offset }): Splice[] => {
    const member = fields.scan.members.get('model')
    const written = readString(fields, 'model', 'a string')
    if (!member || written === undefined || written.replace(/^models\//, '') === model) return []
    return shiftSplices([replaceValue(member, JSON.stringify(`models/${model}`))], offset)
  })
  return rewriteBody(envelope, { splices })
}

/** The path under a base URL without a version. No name, whatever is in it, can lead to another path. */
export const upstreamPath = (action: Action, model: string, stream: boolean): string => {
  const method = action === 'generate' && stream ? 'streamGenerateContent' : (METHODS[action] ?? '')
  return `/v1beta/models/${encodeURIComponent(model.toWellFormed())}:${method}`
}

const METHODS: Readonly<Partial<Record<Action, string>>> = {
  generate: 'generateContent',
  'count-tokens': 'countTokens',
  embed: 'embedContent',
  'embed-batch': 'batchEmbedContents',
}

const CONTENTS_EXPECTATION = 'an array of contents, each with its parts'

const CHECKS: Readonly<Partial<Record<Action, (fields: Fields) => void>>> = {
  generate: (fields) => checkKind(fields, 'contents', ['array'], CONTENTS_EXPECTATION, 'required'),
  'count-tokens': (fields) => {
    // The whole request may be wrapped, so that its system instruction and tools are counted too.
    const presence = isSent(fields, wrapperOf(fields)) ? 'optional' : 'required'
    checkKind(
      fields,
      'contents',
      presence === 'optional' ? ['array', 'null'] : ['array'],
      CONTENTS_EXPECTATION,
      presence,
    )
    readObject(fields, wrapperOf(fields))
  },
  embed: (fields) => checkKind(fields, 'content', ['object'], 'an object with parts', 'required'),
  'embed-batch': (fields) => {
    checkKind(fields, 'requests', ['array'], REQUESTS_EXPECTATION, 'required')
    if (requestsOf(fields).length > REQUESTS_MAX) mistake(fields, 'requests', REQUESTS_EXPECTATION)
  },
}

/** Google takes a hundred; its compatible servers may take more. */
const REQUESTS_MAX = 1_000
const REQUESTS_EXPECTATION = `an array of at most ${REQUESTS_MAX} embedContent requests`

const requestsOf = (fields: Fields): readonly { readonly start: number; readonly end: number }[] => {
  const requests = fields.scan.members.get('requests')
  if (!requests || kindOf(fields, 'requests') !== 'array') return []
  return elementsOf(fields.scan, requests, REQUESTS_MAX + 1)
}

const wrapperOf = (fields: Fields): string => either(fields, 'generateContentRequest', 'generate_content_request')

/** Google's JSON takes both spellings of a field; two at once would leave it to the server which counts. */
const either = (fields: Fields, camel: string, snake: string): string => {
  const hasSnake = kindOf(fields, snake) !== undefined
  if (hasSnake && kindOf(fields, camel) !== undefined) mistake(fields, snake, `absent when \`${camel}\` is sent`)
  return hasSnake ? snake : camel
}

/** An object that may name the model, and where it begins in the body. */
interface ModelHolder {
  readonly fields: Fields
  readonly offset: number
}

/** The body, a wrapped request, and the requests of a batch. */
const modelHolders = (fields: Fields): readonly ModelHolder[] => {
  const holders: ModelHolder[] = [{ fields, offset: 0 }]
  const wrapper = fields.scan.members.get(wrapperOf(fields))
  const wrapped = readObject(fields, wrapperOf(fields))
  if (wrapper && wrapped) holders.push({ fields: wrapped, offset: wrapper.valueStart })
  for (const [index, { start, end }] of requestsOf(fields).entries()) {
    const request = readObjectAt(fields, start, end, `requests[${index}]`)
    if (request) holders.push({ fields: request, offset: start })
  }
  return holders
}

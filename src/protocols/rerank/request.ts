import { textBetween } from '../../bytes.ts'
import { Buffer } from 'node:buffer'

import type { Demand, Envelope, Quantities } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { checkKind, LIMIT } from '../envelope.ts'
import { type Body, bodyOf, mediaEnvelope, rewriteMedia } from '../form.ts'
import { parseJson } from '../json.ts'

/** Reads the envelope of a ranking: the fields that Cohere, Jina, Voyage and servers of their kind agree on. */
export const readEnvelope = (scan: Scan, _operation: Operation): Result<Envelope, GatewayError> => {
  const body = bodyOf(scan)
  const model = body.model()
  checkKind(body.fields, 'query', ['string', 'object'], 'a string', 'required')
  checkKind(body.fields, 'documents', ['array'], 'a list of documents', 'required')
  // Cohere and Jina say `top_n`, Voyage says `top_k`. llama.cpp takes 0 for none.
  body.count('top_n', { ...LIMIT, min: 0 })
  body.count('top_k', { ...LIMIT, min: 0 })
  return mediaEnvelope(body, { model }, demandOf(scan, documentsIn(body)))
}

const documentsIn = ({ scan }: Body): number => {
  const value = parseJson(textOf(scan, 'documents'))
  return Array.isArray(value) ? value.length : 0
}

const textOf = ({ bytes, members }: Scan, name: string): string => {
  const member = members.get(name)
  if (!member) return ''
  return textBetween(bytes, member.valueStart, member.valueEnd)
}

/** docs.cohere.com, "How does Cohere's pricing work": a document above 500 tokens, its query included, counts as several. */
const DOCUMENTS_PER_UNIT = 100
const TOKENS_PER_DOCUMENT = 500
const BYTES_PER_TOKEN = { least: 2, usual: 4 }
const TOKENS_PER_PAIR = 8

/** The query is read once with each document: that is what is billed by those who count tokens. */
const demandOf = (scan: Scan, documents: number): Demand => {
  const queryBytes = Buffer.byteLength(textOf(scan, 'query'))
  const at = (bytesPerToken: number): Quantities => {
    const query = Math.ceil(queryBytes / bytesPerToken)
    const input = Math.ceil(scan.textBytes / bytesPerToken) + documents * (query + TOKENS_PER_PAIR)
    const pieces = documents + Math.floor(input / TOKENS_PER_DOCUMENT)
    const searchUnits = Math.max(1, Math.ceil(pieces / DOCUMENTS_PER_UNIT))
    return { input, inputAudio: 0, output: 0, outputAudio: 0, units: { searchUnits } }
  }
  return { most: at(BYTES_PER_TOKEN.least), usual: at(BYTES_PER_TOKEN.usual), outputPerMillionPieces: 0 }
}

/** The body to send: the model's name there. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array =>
  rewriteMedia(envelope, model)

/** The path under a base URL that ends in `/v1`. Only Cohere has a second version, at a path of its own. */
export const upstreamPath = (_action: Action, _model: string, _stream: boolean): string => '/rerank'

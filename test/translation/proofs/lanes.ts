import type fc from 'fast-check'
import type { Carriers, Codec, JsonObject, Target } from '../../../src/canon/codec.ts'
import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import type { Operation } from '../../../src/canon/operation.ts'
import type { Profile } from '../../../src/canon/profile.ts'
import { anthropicMessagesCodec } from '../../../src/protocols/anthropic-messages/codec.ts'
import { geminiCodec } from '../../../src/protocols/gemini/codec.ts'
import { openAiChatCodec } from '../../../src/protocols/openai-chat/codec.ts'
import { openAiResponsesCodec } from '../../../src/protocols/openai-responses/codec.ts'
import { DEFAULT_PROFILES } from '../../../src/providers/profiles.ts'
import { createCarriers } from '../../../src/translation/carriers.ts'
import { chatBody } from './arbitraries-chat.ts'
import { geminiBody } from './arbitraries-gemini.ts'
import { messagesBody } from './arbitraries-messages.ts'
import { responsesBody } from './arbitraries-responses.ts'

export const FORMATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type Format = (typeof FORMATS)[number]

export const PAIRS = FORMATS.flatMap((client) =>
  FORMATS.map((upstream): readonly [Format, Format] => [client, upstream]),
)
export const FOREIGN_PAIRS = PAIRS.filter(([client, upstream]) => client !== upstream)

/** How often each property is tried, and from where: the same cases each time, unless others or more are asked for. */
const RUNS = Number(process.env.TOLLGATE_PROOF_RUNS ?? 200)
/** More runs take more time, and one process of many takes its share of a machine. */
export const TIMEOUT_MS = 30_000 + RUNS * 300

export const trials = (share = 1): fc.Parameters<unknown> => ({
  seed: Number(process.env.TOLLGATE_PROOF_SEED ?? 20_260_101),
  numRuns: Math.max(1, Math.round(RUNS * share)),
  endOnFailure: process.env.TOLLGATE_PROOF_SHRINK === undefined,
  includeErrorInReport: true,
})

const CODECS: Readonly<Record<Format, Codec>> = {
  'openai-chat': openAiChatCodec,
  'openai-responses': openAiResponsesCodec,
  'anthropic-messages': anthropicMessagesCodec,
  gemini: geminiCodec,
}
export const codecFor = (format: Format): Codec => CODECS[format]

export const bodyOf: Readonly<Record<Format, fc.Arbitrary<Record<string, unknown>>>> = {
  'openai-chat': chatBody,
  'openai-responses': responsesBody,
  'anthropic-messages': messagesBody,
  gemini: geminiBody,
}

export const CARRIERS: Carriers = createCarriers(Buffer.from('proofs'))

export const FAMILY: Readonly<Record<Format, string>> = {
  'openai-chat': 'vendor',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'google',
}

export const profileFor = (format: Format): Profile => ({ ...DEFAULT_PROFILES[format], family: FAMILY[format] })

export const targetFor = (format: Format, stream: boolean, more: Partial<Target> = {}): Target => ({
  model: 'there',
  profile: profileFor(format),
  stream,
  ...more,
})

/** The path of a request: Gemini's says the model and the streaming. */
export const operationFor = (format: Format): Operation => ({
  format,
  action: 'generate',
  ...(format === 'gemini' && { pathModel: 'gemini-x', pathStream: true }),
})

/** A value as it comes from the wire. */
export const wire = (value: unknown): JsonObject => readJson(writeJson(value)) as JsonObject

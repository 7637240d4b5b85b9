import { Buffer } from 'node:buffer'

import type { TokenAlternative, TokenLogprob } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { numberOf } from '../../canon/json-text.ts'
import { isObject, objectsOf } from '../json.ts'

/** The likelihoods of a choice's text tokens; `undefined` where there are none. */
export const readLogprobs = (logprobs: unknown): readonly TokenLogprob[] | undefined => {
  if (!isObject(logprobs)) return undefined
  const tokens = objectsOf(logprobs.content).flatMap((entry) => {
    const chosen = alternativeOf(entry)
    return chosen ? [{ ...chosen, top: objectsOf(entry.top_logprobs).flatMap((one) => alternativeOf(one) ?? []) }] : []
  })
  return tokens.length > 0 ? tokens : undefined
}

const alternativeOf = ({ token, logprob, bytes }: JsonObject): TokenAlternative | undefined => {
  const likelihood = numberOf(logprob)
  if (typeof token !== 'string' || likelihood === undefined) return undefined
  const isBytes = Array.isArray(bytes) && bytes.every((byte) => typeof byte === 'number')
  return { token, logprob: likelihood, ...(isBytes && { bytes }) }
}

/** The same as Chat writes them. */
export const writeLogprobs = (tokens: readonly TokenLogprob[]): readonly JsonObject[] =>
  tokens.map(({ top, ...chosen }) => ({ ...written(chosen), top_logprobs: top.map(written) }))

const written = ({ token, logprob, bytes }: TokenAlternative): JsonObject => ({
  token,
  logprob,
  bytes: bytes ?? [...Buffer.from(token)],
})

import type { TokenAlternative, TokenLogprob } from '../../canon/blocks.ts'
import { numberOf } from '../../canon/json-text.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'

const alternativeOf = (candidate: JsonObject): TokenAlternative => ({
  token: textOf(candidate.token),
  logprob: numberOf(candidate.logProbability) ?? 0,
})

/** Reads `logprobsResult`: the tokens of a chunk. The chosen one need not be among the likeliest. */
export const logprobsOf = (result: unknown): readonly TokenLogprob[] => {
  const { chosenCandidates, topCandidates } = objectOf(result)
  const top = objectsOf(topCandidates)
  return objectsOf(chosenCandidates).map((chosen, index) => ({
    ...alternativeOf(chosen),
    top: objectsOf(top[index]?.candidates).map(alternativeOf),
  }))
}

const candidateOf = ({ token, logprob }: TokenAlternative): JsonObject => ({ token, logProbability: logprob })

/** Writes `logprobsResult`, into a candidate; nothing where none are known. */
export const renderLogprobs = (tokens: readonly TokenLogprob[]): JsonObject => {
  if (tokens.length === 0) return {}
  const hasTop = tokens.some(({ top }) => top.length > 0)
  return {
    logprobsResult: {
      chosenCandidates: tokens.map(candidateOf),
      ...(hasTop && { topCandidates: tokens.map(({ top }) => ({ candidates: top.map(candidateOf) })) }),
    },
  }
}

import type { JsonObject } from '../../canon/codec.ts'
import { type Usage, inputTotal } from '../../canon/usage.ts'

/** `usageMetadata`: the prompt contains what was cached, thoughts stand beside the candidates, the total is their sum. */
export const renderUsage = (usage: Usage): JsonObject => {
  const prompt = inputTotal(usage)
  const output = usage.output + usage.outputAudio
  const candidates = output - usage.reasoning
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead > 0 && { cachedContentTokenCount: usage.cacheRead }),
    candidatesTokenCount: candidates,
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
    totalTokenCount: prompt + output,
    ...(usage.inputAudio > 0 && { promptTokensDetails: byModality(prompt, usage.inputAudio) }),
    ...(usage.outputAudio > 0 && { candidatesTokensDetails: byModality(candidates, usage.outputAudio) }),
  }
}

const byModality = (all: number, audio: number): readonly JsonObject[] => [
  ...(all > audio ? [{ modality: 'TEXT', tokenCount: all - audio }] : []),
  { modality: 'AUDIO', tokenCount: audio },
]

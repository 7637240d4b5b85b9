import type { Usage } from '../../canon/usage.ts'
import { count, details, usageOf } from '../counts.ts'
import { type JsonObject, objectsOf } from '../json.ts'

/** Enums arrive by name or, from some Vertex clients, as their protobuf number. */
const AUDIO: readonly unknown[] = ['AUDIO', 4]

/** Audio tokens in a per-modality list; junk counts as none, because the totals stand without it. */
const audioIn = (list: unknown): number =>
  objectsOf(list)
    .filter((entry) => AUDIO.includes(entry.modality))
    .reduce((sum, entry) => sum + (count(entry.tokenCount) ?? 0), 0)

const NAMES = [
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'toolUsePromptTokenCount',
] as const

/**
 * Reads `usageMetadata`. The prompt contains what was cached; thoughts and tool results stand beside candidates and
 * prompt. Where the vendor's own total shows one of them to be inside after all, it is not counted twice; where the
 * total is larger than everything named, the rest is thoughts nobody named.
 */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const prompt = count(raw.promptTokenCount)
  const parts = details(raw, NAMES)
  if (prompt === undefined || !parts) return undefined
  const { candidatesTokenCount: candidates, thoughtsTokenCount: thoughts, toolUsePromptTokenCount: toolUse } = parts
  const sum = prompt + toolUse + candidates + thoughts
  const beside = (count(raw.totalTokenCount) ?? sum) - sum
  const thoughtsInside = thoughts > 0 && beside === -thoughts
  const toolUseInside = toolUse > 0 && beside === -toolUse
  const unnamed = thoughts === 0 && candidates > 0 ? Math.max(0, beside) : 0

  const inputAll = prompt + (toolUseInside ? 0 : toolUse)
  const outputAll = candidates + (thoughtsInside ? 0 : thoughts) + unnamed
  const cacheRead = Math.min(parts.cachedContentTokenCount, prompt)
  const audioAll = audioIn(raw.promptTokensDetails ?? raw.promptTokenDetails) + audioIn(raw.toolUsePromptTokensDetails)
  const inputAudio = Math.min(Math.max(0, audioAll - audioIn(raw.cacheTokensDetails)), inputAll - cacheRead)
  const outputAudio = Math.min(audioIn(raw.candidatesTokensDetails), outputAll)
  return usageOf({
    input: inputAll - cacheRead - inputAudio,
    inputAudio,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: outputAll - outputAudio,
    outputAudio,
    reasoning: Math.min(thoughts + unnamed, outputAll - outputAudio),
  })
}

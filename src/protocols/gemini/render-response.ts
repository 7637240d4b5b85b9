import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { play } from '../../canon/collect.ts'
import type { Loss, Losses } from '../../canon/losses.ts'
import { finishReasonOf } from './finish.ts'
import { renderLogprobs } from './logprobs.ts'
import { renderUsage } from './render-usage.ts'
import { type PartWriter, type WrittenPart, createPartWriter } from './write-parts.ts'

/** Writes a whole answer: the chunks of its stream in one. */
export const renderResponse = (
  answer: Answer,
  reversal: Reversal,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } => {
  const writer = createPartWriter(reversal)
  const parts: WrittenPart[] = []
  for (const event of play(answer)) parts.push(...writer.push(event))
  parts.push(...writer.end())
  return { body: chunkOf(reversal, parts, endOf(writer)), losses: writer.losses.list }
}

/** Parts of one block become one, their signature on it. */
const merged = (written: readonly WrittenPart[]): readonly JsonObject[] => {
  const parts: { readonly key: number; part: JsonObject }[] = []
  for (const { key, part } of written) {
    const last = parts.at(-1)
    const isSame = last?.key === key && last.part.thought === part.thought
    const isFree = last?.part.thoughtSignature === undefined || part.thoughtSignature === undefined
    if (last && isSame && isFree && typeof last.part.text === 'string' && typeof part.text === 'string')
      last.part = { ...last.part, ...part, text: last.part.text + part.text }
    else parts.push({ key, part })
  }
  return parts.map(({ part }) => part)
}

/** What the last chunk says beside its parts. */
interface End {
  readonly candidate: JsonObject
  readonly body: JsonObject
}

/** Why it ended, what was cited and what it took. */
export const endOf = (writer: PartWriter): End => {
  const { stop, usage, losses } = writer
  declareStop(writer.stop, losses)
  const groundingMetadata = writer.grounding()
  return {
    candidate: {
      finishReason: finishReasonOf(stop),
      ...(stop.explanation !== undefined && { finishMessage: stop.explanation }),
      ...(groundingMetadata && { groundingMetadata }),
    },
    body: usage ? { usageMetadata: renderUsage(usage) } : {},
  }
}

/** Gemini cannot say which sequence stopped it, nor that a conversation was compacted. */
const declareStop = ({ reason, sequence }: { reason: string; sequence?: string }, losses: Losses): void => {
  if (sequence !== undefined) losses.declare('/response/candidates/0/finishReason', 'unsupported')
  if (reason === 'compaction') losses.declare('/response/candidates/0/finishReason', 'approximated')
}

/** One object of a stream, or the whole of an answer. The last one has a part even where nothing is left to say. */
export const chunkOf = (reversal: Reversal, parts: readonly WrittenPart[], end?: End): JsonObject => ({
  candidates: [
    {
      content: { parts: parts.length > 0 ? merged(parts) : [{ text: '' }], role: 'model' },
      ...end?.candidate,
      ...renderLogprobs(parts.flatMap(({ logprobs }) => logprobs ?? [])),
      index: 0,
    },
  ],
  ...end?.body,
  modelVersion: reversal.model,
  responseId: reversal.requestId,
})

import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { play } from '../../canon/collect.ts'
import type { Loss } from '../../canon/losses.ts'
import { createAnswerWriter } from './render-answer.ts'

/** Writes a whole answer: as a stream of which only the last event is shown. */
export const renderResponse = (
  answer: Answer,
  reversal: Reversal,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } => {
  const writer = createAnswerWriter(reversal, () => {})
  for (const event of play(answer)) writer.push(event)
  if (!writer.ended) throw new Error('a played answer ends')
  return { body: writer.ended, losses: writer.losses.list }
}

import type { AnswerEvent } from '../../canon/answer.ts'
import type { TokenLogprob } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { citationOf } from './parse-assistant.ts'
import type { Calls } from './read-calls.ts'
import { readContent, readImages } from './read-content.ts'
import type { Prose } from './read-prose.ts'
import { textOfDetail } from './sealed.ts'

export interface DeltaSinks {
  readonly prose: Prose
  readonly calls: Calls
  readonly emit: (event: AnswerEvent) => void
}

/** Reads one piece of a message, all of it in the order in which a model makes it: thoughts, text, calls. */
export const readDelta = (
  delta: JsonObject,
  logprobs: readonly TokenLogprob[] | undefined,
  { prose, calls, emit }: DeltaSinks,
): void => {
  readThoughts(delta, prose)
  readContent(delta.content, prose, logprobs)
  const spoken = textOf(objectOf(delta.audio).transcript)
  if (spoken !== '') prose.say('text', spoken)
  const refusal = textOf(delta.refusal)
  if (refusal !== '') prose.say('refusal', refusal)
  for (const annotation of objectsOf(delta.annotations)) {
    const citation = citationOf(annotation)
    if (citation) prose.cite(citation)
  }
  for (const block of readImages(delta.images)) emit({ type: 'whole', block })
  const pieces = objectsOf(delta.tool_calls)
  if (pieces.length > 0 || isObject(delta.function_call)) prose.close()
  for (const piece of pieces) calls.add(piece)
  if (isObject(delta.function_call)) calls.add(delta.function_call, true)
}

/** Reasoning under its three names, of which one counts: some servers send the same text under two of them. */
const readThoughts = (delta: JsonObject, prose: Prose): void => {
  const details = objectsOf(delta.reasoning_details)
  const thought = details.map(textOfDetail).join('') || textOf(delta.reasoning_content) || textOf(delta.reasoning)
  if (thought !== '') prose.say('reasoning', thought)
  if (details.length > 0) prose.details(details)
}

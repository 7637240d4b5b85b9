import type { Stop, StopReason } from '../../canon/answer.ts'
import type { Losses } from '../../canon/losses.ts'

interface Word {
  readonly word: 'stop' | 'length' | 'tool_calls' | 'content_filter'
  /** The word says less than was meant. */
  readonly isNear?: true
}

const WORDS: Readonly<Record<StopReason, Word>> = {
  natural: { word: 'stop' },
  'stop-sequence': { word: 'stop' },
  'tool-calls': { word: 'tool_calls' },
  'output-limit': { word: 'length' },
  'context-full': { word: 'length' },
  refusal: { word: 'content_filter' },
  filter: { word: 'content_filter' },
  paused: { word: 'stop', isNear: true },
  compaction: { word: 'stop', isNear: true },
  'malformed-call': { word: 'stop', isNear: true },
  other: { word: 'stop', isNear: true },
}

/**
 * Chat's word for why the model stopped. A refusal in words is an ordinary end beside its `refusal`; one without them
 * must not look like a whole answer.
 */
export const finishReason = ({ reason }: Stop, isRefusalTold: boolean, losses: Losses): Word['word'] => {
  const { word, isNear } = WORDS[reason]
  if (isNear) losses.declare('/response', 'approximated')
  return reason === 'refusal' && isRefusalTold ? 'stop' : word
}

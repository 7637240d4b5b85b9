import type { Conversation } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'

/** Where the wish for one call comes from that a client of legacy `functions` never wrote. */
const UNWRITTEN = '/functions'

/**
 * Declares that a model may make several calls where the client asked for one at most. One of legacy `functions` did not
 * ask: it has room for one, and is told when it is given the first of several.
 */
export const declareParallel = ({ parallelTools }: Pick<Conversation, 'parallelTools'>, losses: Losses): void => {
  if (parallelTools?.value === false && parallelTools.pointer !== UNWRITTEN)
    losses.declare(parallelTools.pointer, 'unsupported')
}

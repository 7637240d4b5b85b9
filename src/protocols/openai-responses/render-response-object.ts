import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { stemOf } from './render-output-ids.ts'

/** The members of a response that tell its answer, not its request. */
export interface Told {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly error: JsonObject | null
  readonly incompleteReason: string | undefined
  readonly output: readonly JsonObject[]
  readonly usage: JsonObject | null
  readonly serviceTier: string | undefined
}

export const BEGUN: Told = {
  status: 'in_progress',
  error: null,
  incompleteReason: undefined,
  output: [],
  usage: null,
  serviceTier: undefined,
}

/** What repeats a request that said nothing. Official clients count on every one of these members. */
const UNSAID: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  truncation: 'disabled',
}

/** The id under which the client knows the response. */
export const responseId = (requestId: string): string => `resp_${stemOf(requestId)}`

/** Writes the response object: the request as it was repeated, and what is told of the answer over it. */
export const renderResponseObject = ({ requestId, createdAtMs, model, wishes }: Reversal, told: Told): JsonObject => ({
  ...UNSAID,
  ...wishes.echo,
  id: responseId(requestId),
  object: 'response',
  created_at: Math.floor(createdAtMs / 1_000),
  status: told.status,
  background: false,
  error: told.error,
  incomplete_details: told.incompleteReason === undefined ? null : { reason: told.incompleteReason },
  model,
  output: told.output,
  ...(told.serviceTier !== undefined && { service_tier: told.serviceTier }),
  usage: told.usage,
})

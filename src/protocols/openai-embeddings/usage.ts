import type { Usage } from '../../canon/usage.ts'
import type { JsonObject } from '../json.ts'
import { readUsage as readChatUsage } from '../openai-chat/usage.ts'

/** Embeddings have input alone; what some servers report as `completion_tokens` is always 0 and never trusted. */
export const readUsage = (raw: JsonObject): Usage | undefined =>
  readChatUsage({
    ...raw,
    completion_tokens: undefined,
    completion_tokens_details: undefined,
    total_tokens: raw.prompt_tokens ?? raw.total_tokens,
  })

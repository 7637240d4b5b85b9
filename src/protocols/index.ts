import type { UpstreamFormat, WireFormat } from '../canon/operation.ts'
import type { Protocol, UpstreamProtocol } from '../canon/protocol.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { bedrockConverse } from './bedrock-converse/index.ts'
import { gemini } from './gemini/index.ts'
import { openAiAudio } from './openai-audio/index.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'
import { openAiImages } from './openai-images/index.ts'
import { openAiModerations } from './openai-moderations/index.ts'
import { openAiResponses } from './openai-responses/index.ts'
import { rerank } from './rerank/index.ts'

/** Every wire format that clients speak, by name. */
export const PROTOCOLS: Readonly<Record<WireFormat, Protocol>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'openai-completions': openAiCompletions,
  'openai-embeddings': openAiEmbeddings,
  'openai-images': openAiImages,
  'openai-audio': openAiAudio,
  'openai-moderations': openAiModerations,
  rerank,
}

/** Every wire format that providers are asked in. */
export const UPSTREAM_PROTOCOLS: Readonly<Record<UpstreamFormat, UpstreamProtocol>> = {
  ...PROTOCOLS,
  'bedrock-converse': bedrockConverse,
}

import type { Codec, UpstreamCodec } from '../canon/codec.ts'
import type { UpstreamFormat, WireFormat } from '../canon/operation.ts'
import { anthropicMessagesCodec } from './anthropic-messages/codec.ts'
import { bedrockConverseCodec } from './bedrock-converse/codec.ts'
import { geminiCodec } from './gemini/codec.ts'
import { openAiChatCodec } from './openai-chat/codec.ts'
import { openAiCompletionsCodec } from './openai-completions/codec.ts'
import { openAiResponsesCodec } from './openai-responses/codec.ts'

/** The formats that can be translated, with what translates them. Embeddings are no conversation and have their own way. */
export const CODECS: Readonly<Partial<Record<WireFormat, Codec>>> = {
  'openai-chat': openAiChatCodec,
  'openai-responses': openAiResponsesCodec,
  'anthropic-messages': anthropicMessagesCodec,
  gemini: geminiCodec,
  'openai-completions': openAiCompletionsCodec,
}

/** The same and what only providers speak. */
export const UPSTREAM_CODECS: Readonly<Partial<Record<UpstreamFormat, UpstreamCodec>>> = {
  ...CODECS,
  'bedrock-converse': bedrockConverseCodec,
}

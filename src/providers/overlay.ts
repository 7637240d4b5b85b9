/**
 * What the price source does not say, or says for somebody else's endpoint. Written by hand; each entry carries its
 * reason. Used by `npm run catalogue` only, never at run time.
 */
import type { ModelType } from '../canon/model.ts'

/** A rule for every id that starts with `prefix`; of several that fit, the longest prefix wins. */
export interface PrefixRule<T> {
  readonly prefix: string
  readonly value: T
}

export const longestPrefix = <T>(rules: readonly PrefixRule<T>[], id: string): T | undefined => {
  let best: PrefixRule<T> | undefined
  for (const rule of rules) {
    if (id.startsWith(rule.prefix) && rule.prefix.length > (best?.prefix.length ?? -1)) best = rule
  }
  return best?.value
}

const rules = <T>(table: Readonly<Record<string, T>>): readonly PrefixRule<T>[] =>
  Object.entries(table).map(([prefix, value]) => ({ prefix, value }))

/**
 * The most tokens a model may answer with, from the vendors' model pages (the source has no such field). Where a page
 * gives more for batches or betas, this is the ordinary limit.
 */
export const OUTPUT_LIMITS = rules<number>({
  'claude-3-': 4_096,
  'claude-3-5-': 8_192,
  'claude-3-7-': 64_000,
  'claude-opus-4-0': 32_000,
  'claude-opus-4-1': 32_000,
  'claude-opus-4-5': 64_000,
  'claude-sonnet-4-0': 64_000,
  'claude-sonnet-4-5': 64_000,
  'claude-haiku-4-5': 64_000,
  // From 4.6 on every Claude model may answer with 128K.
  'claude-': 128_000,
  'gpt-3.5': 4_096,
  'gpt-4': 8_192,
  'gpt-4-turbo': 4_096,
  'gpt-4-vision': 4_096,
  'gpt-4.1': 32_768,
  'gpt-4o': 16_384,
  'gpt-4o-2024-05-13': 4_096,
  'gpt-5': 128_000,
  'gpt-5-chat': 16_384,
  'gpt-5.1-chat': 16_384,
  'gpt-5.2-chat': 16_384,
  'gpt-5.3-chat': 16_384,
  'gpt-5-pro': 272_000,
  'gpt-6': 128_000,
  'gpt-audio': 16_384,
  'chatgpt-4o': 16_384,
  'codex-mini': 100_000,
  o1: 100_000,
  'o1-mini': 65_536,
  'o1-preview': 32_768,
  o3: 100_000,
  'o4-': 100_000,
  'gemini-1.5': 8_192,
  'gemini-2.0': 8_192,
  'gemini-2.5': 65_536,
  'gemini-2.5-flash-image': 32_768,
  'gemini-3': 65_536,
  'gemini-3-pro-image': 32_768,
  'deepseek-v4': 393_216,
  // DeepSeek's pricing page: these two names stand for the two modes of v4-flash.
  'deepseek-chat': 393_216,
  'deepseek-reasoner': 393_216,
})

/** Context windows the source leaves out, or has from before the vendor changed them. */
export const CONTEXT_WINDOWS = rules<number>({
  // Anthropic takes 1M by now; this is what every account and reseller has had from the start. It only limits what a
  // body is quoted at, and quoting trusts a longer body over it.
  'claude-sonnet-4-6': 200_000,
  'gemini-2.5-pro': 1_048_576,
  'gemini-3-pro-preview': 1_048_576,
  'gemini-3.1-pro-preview': 1_048_576,
  'gemini-embedding-001': 2_048,
  'deepseek-chat': 1_000_000,
  'deepseek-reasoner': 1_000_000,
  'llama-3.1-8b-instant': 131_072,
  'llama-3.3-70b-versatile': 131_072,
})

/** When a model came out, where its id carries no date (vendors' release notes). */
export const RELEASED: Readonly<Record<string, string>> = {
  'claude-opus-4-6': '2026-02-05',
  'claude-sonnet-4-6': '2026-02-17',
  'claude-sonnet-5': '2026-06-30',
  'claude-opus-5': '2026-07-24',
}

/** Kinds of model told by the id; the first that fits decides, and anything else is a chat model. */
export const TYPES: readonly { readonly pattern: RegExp; readonly type: ModelType }[] = [
  { pattern: /embed/, type: 'embedding' },
  { pattern: /rerank/, type: 'rerank' },
  { pattern: /moderation|llama-guard/i, type: 'moderation' },
  { pattern: /realtime|transcribe|-tts|whisper|-live-|voice|native-audio/, type: 'audio' },
  { pattern: /image/, type: 'image' },
  { pattern: /^(gpt-3\.5-turbo-instruct|babbage-002|davinci-002)/, type: 'completion' },
]

const CLAUDE = ['documents', 'images', 'prompt_caching', 'reasoning', 'streaming', 'structured_output', 'tools']
const GPT = CLAUDE
const GEMINI = ['audio', ...CLAUDE]

/** What chat models can do, from the vendors' feature tables. */
export const CAPABILITIES = rules<readonly string[]>({
  '': ['streaming'],
  'claude-': CLAUDE,
  'claude-3-': ['images', 'prompt_caching', 'streaming', 'tools'],
  'claude-3-5-': ['documents', 'images', 'prompt_caching', 'streaming', 'tools'],
  'gpt-3.5': ['streaming', 'tools'],
  'gpt-3.5-turbo-instruct': ['streaming'],
  'gpt-4': ['streaming', 'tools'],
  'gpt-4-turbo': ['images', 'streaming', 'tools'],
  'gpt-4.1': ['documents', 'images', 'prompt_caching', 'streaming', 'structured_output', 'tools'],
  'gpt-4o': ['documents', 'images', 'prompt_caching', 'streaming', 'structured_output', 'tools'],
  'gpt-4o-audio': ['audio', 'streaming', 'tools'],
  'gpt-4o-mini-audio': ['audio', 'streaming', 'tools'],
  'gpt-audio': ['audio', 'streaming', 'tools'],
  'gpt-5': GPT,
  'gpt-6': GPT,
  o1: GPT,
  'o1-mini': ['reasoning', 'streaming'],
  'o1-preview': ['reasoning', 'streaming'],
  o3: GPT,
  'o3-mini': ['reasoning', 'streaming', 'structured_output', 'tools'],
  'o4-': GPT,
  'gemini-': GEMINI,
  'gemini-1.5': ['audio', 'documents', 'images', 'streaming', 'structured_output', 'tools'],
  'gemini-2.0': ['audio', 'documents', 'images', 'streaming', 'structured_output', 'tools'],
  'deepseek-chat': ['prompt_caching', 'streaming', 'structured_output', 'tools'],
  'deepseek-reasoner': ['prompt_caching', 'reasoning', 'streaming', 'structured_output', 'tools'],
  'deepseek-v4': ['prompt_caching', 'reasoning', 'streaming', 'structured_output', 'tools'],
  'grok-': ['images', 'prompt_caching', 'streaming', 'structured_output', 'tools'],
  'kimi-': ['prompt_caching', 'streaming', 'structured_output', 'tools'],
  'mistral-': ['streaming', 'structured_output', 'tools'],
  codestral: ['streaming', 'structured_output', 'tools'],
  'command-': ['streaming', 'structured_output', 'tools'],
  'llama-3': ['streaming', 'tools'],
})

/** Rows of the source that are left out, and why. */
export const DROPPED: readonly { readonly vendor: string; readonly pattern: RegExp; readonly reason: string }[] = [
  { vendor: 'google', pattern: /^claude-/, reason: 'another vendor’s model as resold on Vertex' },
  { vendor: 'google', pattern: /^gemma-/, reason: 'open weights, free or hosted elsewhere' },
  { vendor: 'google', pattern: /^gemini-(flash|pro)-1\.5/, reason: 'a reseller’s name for gemini-1.5' },
  { vendor: 'google', pattern: /^gemini-embedding-2$/, reason: 'no bucket for its media prices' },
  { vendor: 'google', pattern: /^gemini-(1\.0-)?pro(-vision.*)?$/, reason: 'shut down in 2025' },
  { vendor: 'anthropic', pattern: /^claude-(2|v1)$/, reason: 'shut down in 2025' },
  { vendor: 'openai', pattern: /^gpt-oss-/, reason: 'open weights, not sold by OpenAI' },
  {
    vendor: 'openai',
    pattern: /^(ada|babbage|curie|davinci)$|^text-(ada|curie|davinci)-/,
    reason: 'shut down in 2024',
  },
  { vendor: 'openai', pattern: /^gpt-35-/, reason: 'Azure’s spelling' },
  {
    vendor: 'deepseek',
    pattern: /^deepseek-(r1|v3|chat-v3)/,
    reason: 'hosters’ names; DeepSeek sells chat and reasoner',
  },
]

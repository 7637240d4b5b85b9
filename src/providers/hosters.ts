import type { WireFormat } from '../canon/operation.ts'
import { COMMON } from './openai-compatible.ts'
import type { Ask, ProviderKind, VendorRequest } from './types.ts'

interface Hoster {
  readonly kind: string
  /** `undefined`: the configuration must say. */
  readonly baseUrl: string | undefined
  /** Best first. */
  readonly formats: readonly WireFormat[]
  readonly vendors: readonly string[]
  /** Where Anthropic's format lives, from the origin: the SDK appends `/v1/messages`. */
  readonly messagesRoot?: string
  /** Where rankings live, from the origin. */
  readonly rerankRoot?: string
  readonly requestOf?: ProviderKind['requestOf']
  readonly acceptsStreamOptions?: boolean
  readonly keyOptional?: true
  readonly accountFaults?: ProviderKind['accountFaults']
  readonly checkPath?: string | null
}

const chatAndEmbeddings = ['openai-chat', 'openai-embeddings'] as const
const completing = ['openai-chat', 'openai-completions', 'openai-embeddings'] as const

/** Cohere's own API stands beside its likeness of OpenAI's, in two versions. */
const cohereRequest = ({ action }: Ask): VendorRequest => {
  if (action === 'rerank-v2') return { path: '/v2/rerank' }
  return action === 'rerank' ? { path: '/v1/rerank' } : {}
}

/** Vendors of models. What their dialects of a format take is in `profiles/`. */
const VENDORS: readonly Hoster[] = [
  // Mistral refuses fields it does not know, and sends usage in the last chunk unasked.
  {
    kind: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    // https://docs.mistral.ai/api: moderations, and transcriptions of Voxtral.
    formats: [...chatAndEmbeddings, 'openai-moderations', 'openai-audio'],
    vendors: ['mistral'],
    acceptsStreamOptions: false,
  },
  {
    kind: 'xai',
    baseUrl: 'https://api.x.ai/v1',
    formats: ['openai-chat', 'openai-responses', 'openai-images'],
    vendors: ['x-ai'],
  },
  // https://platform.kimi.ai/docs/api/overview
  {
    kind: 'moonshot',
    baseUrl: 'https://api.moonshot.ai/v1',
    formats: ['openai-chat', 'anthropic-messages', 'openai-responses'],
    vendors: ['moonshotai'],
    messagesRoot: '/anthropic',
    accountFaults: [{ field: 'type', is: 'exceeded_current_quota_error', means: 'quota-exhausted' }],
  },
  // https://docs.z.ai; in China https://open.bigmodel.cn/api/paas/v4, for coding plans /api/coding/paas/v4.
  {
    kind: 'zai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    formats: ['openai-chat', 'anthropic-messages'],
    vendors: ['zai'],
    messagesRoot: '/api/anthropic',
  },
  // https://www.alibabacloud.com/help/en/model-studio; in China https://dashscope.aliyuncs.com, same paths.
  {
    kind: 'qwen',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    formats: ['openai-chat', 'anthropic-messages', 'openai-embeddings'],
    vendors: ['qwen'],
    messagesRoot: '/apps/anthropic',
  },
  // https://www.volcengine.com/docs/82379: Ark, which serves Doubao.
  {
    kind: 'volcengine',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    formats: ['openai-chat', 'openai-responses', 'openai-embeddings'],
    vendors: ['doubao'],
  },
  // https://platform.minimax.io/docs: in Chat, reasoning stands inside the answer's text, so Anthropic's format is best.
  {
    kind: 'minimax',
    baseUrl: 'https://api.minimax.io/v1',
    formats: ['anthropic-messages', 'openai-chat', 'openai-responses'],
    vendors: ['minimax'],
    messagesRoot: '/anthropic',
  },
  {
    kind: 'cohere',
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    formats: [...chatAndEmbeddings, 'rerank'],
    vendors: ['cohere'],
    rerankRoot: '',
    requestOf: cohereRequest,
    checkPath: null,
  },
  // https://docs.voyageai.com and https://jina.ai: embeddings and rankings, no conversations.
  {
    kind: 'voyage',
    baseUrl: 'https://api.voyageai.com/v1',
    formats: ['openai-embeddings', 'rerank'],
    vendors: ['voyage'],
  },
  { kind: 'jina', baseUrl: 'https://api.jina.ai/v1', formats: ['openai-embeddings', 'rerank'], vendors: ['jina'] },
  { kind: 'perplexity', baseUrl: 'https://api.perplexity.ai', formats: ['openai-chat'], vendors: ['perplexity'] },
]

/** Who serves other people's models. */
const CLOUDS: readonly Hoster[] = [
  {
    kind: 'groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    formats: ['openai-chat', 'openai-responses', 'openai-audio'],
    vendors: ['groq'],
  },
  // https://openrouter.ai/docs: models under its own names, so that a channel has to list them.
  {
    kind: 'openrouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    formats: ['openai-chat', 'anthropic-messages', 'openai-responses', 'openai-embeddings', 'rerank'],
    vendors: ['openrouter'],
    messagesRoot: '/api',
    // Its list of models is for everybody, with any key or none.
    checkPath: '/key',
  },
  {
    kind: 'together',
    baseUrl: 'https://api.together.xyz/v1',
    formats: [...completing, 'openai-images', 'openai-audio', 'rerank'],
    vendors: ['together'],
  },
  // https://docs.fireworks.ai
  {
    kind: 'fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    formats: ['openai-chat', 'anthropic-messages', 'openai-completions', 'openai-embeddings', 'rerank'],
    vendors: ['fireworks'],
    messagesRoot: '/inference',
  },
  {
    kind: 'cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    formats: ['openai-chat', 'openai-completions'],
    vendors: ['cerebras'],
  },
  // Bedrock's OpenAI-compatible face, https://bedrock-mantle.<region>.api.aws/v1, with a Bedrock API key.
  {
    kind: 'bedrock-mantle',
    baseUrl: undefined,
    formats: ['openai-responses', 'openai-chat'],
    vendors: ['bedrock'],
  },
]

const servers = [
  'openai-chat',
  'anthropic-messages',
  'openai-responses',
  'openai-completions',
  'openai-embeddings',
] as const

/** Servers on a machine of one's own, at their default ports. Anthropic's format is at the root. */
const LOCAL: readonly Hoster[] = [
  {
    kind: 'ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    formats: servers,
    vendors: ['ollama'],
    messagesRoot: '',
    keyOptional: true,
  },
  // Its default port is Tollgate's own, so the configuration says.
  {
    kind: 'vllm',
    baseUrl: undefined,
    formats: [...servers, 'openai-audio', 'rerank'],
    vendors: ['vllm'],
    messagesRoot: '',
    keyOptional: true,
  },
  {
    kind: 'lmstudio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    formats: servers,
    vendors: ['lmstudio'],
    messagesRoot: '',
    keyOptional: true,
  },
]

const rootsOf = ({ messagesRoot, rerankRoot }: Hoster): Pick<ProviderKind, 'rootByFormat'> => {
  const rootByFormat = {
    ...(messagesRoot !== undefined && { 'anthropic-messages': messagesRoot }),
    ...(rerankRoot !== undefined && { rerank: rerankRoot }),
  }
  return Object.keys(rootByFormat).length === 0 ? {} : { rootByFormat }
}

const kindOf = (hoster: Hoster): ProviderKind => ({
  ...COMMON,
  kind: hoster.kind,
  baseUrl: hoster.baseUrl,
  formats: hoster.formats,
  ...rootsOf(hoster),
  ...(hoster.requestOf ? { requestOf: hoster.requestOf } : {}),
  dialect: { acceptsStreamOptions: hoster.acceptsStreamOptions ?? true },
  vendors: hoster.vendors,
  // Signatures and encrypted items of theirs are in another's format, and mean nothing to that other.
  family: hoster.kind,
  ...(hoster.keyOptional ? { keyOptional: true } : {}),
  ...(hoster.checkPath === undefined ? {} : { checkPath: hoster.checkPath }),
  ...(hoster.accountFaults ? { accountFaults: hoster.accountFaults } : {}),
})

/** Vendors and servers that differ in nothing but data from a server in OpenAI's likeness. */
export const hostedKinds: readonly ProviderKind[] = [...VENDORS, ...CLOUDS, ...LOCAL].map(kindOf)

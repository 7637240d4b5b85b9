import type { Schema } from '../../../api/types.ts'
import { type Faults, faultsIn, listOrNull, textOf, textOrNull } from '../../../ui/draft.ts'

export type Provider = Schema<'Provider'>
type Kind = NonNullable<Schema<'NewProvider'>['kind']>

/** Kinds of providers that can be added here; `claude-cli` runs a program and belongs into the file. */
export const KINDS = [
  'anthropic',
  'openai',
  'gemini',
  'openai-compatible',
  'azure',
  'azure-deployments',
  'bedrock',
  'bedrock-mantle',
  'cerebras',
  'cohere',
  'deepseek',
  'demo',
  'fireworks',
  'groq',
  'jina',
  'lmstudio',
  'minimax',
  'mistral',
  'moonshot',
  'ollama',
  'openrouter',
  'perplexity',
  'qwen',
  'together',
  'vertex',
  'vllm',
  'volcengine',
  'voyage',
  'xai',
  'zai',
] as const satisfies readonly Kind[]

/** Fails to compile where the API has a kind that is not listed. */
const NONE_LEFT: Record<Exclude<Kind, (typeof KINDS)[number] | 'claude-cli'>, never> = {}
void NONE_LEFT

export const PROTOCOLS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
] as const satisfies readonly Provider['protocol'][]

export const TIMEOUTS = ['connect', 'first_byte', 'idle', 'total'] as const
type Timeout = (typeof TIMEOUTS)[number]

/** A provider as it stands in a form: text, empty where nothing was entered. */
export interface ProviderDraft {
  readonly id: string
  readonly kind: string
  readonly baseUrl: string
  /** Only of a new one. */
  readonly key: string
  readonly proxy: string
  readonly costMultiplier: string
  readonly dayUsd: string
  readonly monthUsd: string
  readonly protocol: string
  readonly models: readonly string[]
  readonly timeouts: Readonly<Record<Timeout, string>>
}

export const EMPTY_PROVIDER: ProviderDraft = {
  id: '',
  kind: '',
  baseUrl: '',
  key: '',
  proxy: '',
  costMultiplier: '1',
  dayUsd: '',
  monthUsd: '',
  protocol: '',
  models: [],
  timeouts: { connect: '', first_byte: '', idle: '', total: '' },
}

export const draftOf = (provider: Provider): ProviderDraft => ({
  id: provider.id,
  kind: provider.kind ?? '',
  baseUrl: textOf(provider.base_url),
  key: '',
  proxy: textOf(provider.proxy),
  costMultiplier: textOf(provider.cost_multiplier),
  dayUsd: textOf(provider.spend_stop?.day_usd),
  monthUsd: textOf(provider.spend_stop?.month_usd),
  protocol: textOf(provider.protocol),
  models: provider.models ?? [],
  timeouts: {
    connect: textOf(provider.timeouts?.connect),
    first_byte: textOf(provider.timeouts?.first_byte),
    idle: textOf(provider.timeouts?.idle),
    total: textOf(provider.timeouts?.total),
  },
})

export const faultsOf = (draft: ProviderDraft): Faults =>
  faultsIn({
    id: ['id', draft.id],
    kind: ['required', draft.kind],
    cost_multiplier: ['factor', draft.costMultiplier],
    'spend_stop.day_usd': ['amount', draft.dayUsd],
    'spend_stop.month_usd': ['amount', draft.monthUsd],
  })

/** What of a provider can be changed, as the API has it. */
export const fieldsOf = (draft: ProviderDraft) => ({
  kind: draft.kind,
  base_url: textOrNull(draft.baseUrl),
  proxy: textOrNull(draft.proxy),
  cost_multiplier: textOrNull(draft.costMultiplier),
  spend_stop: { day_usd: textOrNull(draft.dayUsd), month_usd: textOrNull(draft.monthUsd) },
  protocol: textOrNull(draft.protocol),
  models: listOrNull(draft.models),
  timeouts: {
    connect: textOrNull(draft.timeouts.connect),
    first_byte: textOrNull(draft.timeouts.first_byte),
    idle: textOrNull(draft.timeouts.idle),
    total: textOrNull(draft.timeouts.total),
  },
})

/** The state of a provider as a whole. */
export const stateOf = ({ paused, paused_by: by, keys }: Provider): 'ready' | 'no-key' | 'paused' | 'spend-stop' => {
  if (paused) return by === 'spend-stop' ? 'spend-stop' : 'paused'
  // A kind that needs no key has none, and is ready all the same.
  return keys.length > 0 && keys.every(({ standing }) => standing === 'blocked') ? 'no-key' : 'ready'
}

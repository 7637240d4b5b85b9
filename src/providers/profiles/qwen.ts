/** https://www.alibabacloud.com/help/en/model-studio/deep-thinking: `enable_thinking` as a flag of its own. */
import { CHAT, IMAGES, NO_ACCOUNT, TEXT_ONLY } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const KINDS = ['qwen']

const chat = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({
  models,
  kinds: KINDS,
  formats: CHAT,
  profile,
})

export const QWEN_ROWS: readonly ProfileRow[] = [
  chat(['*'], {
    ...NO_ACCOUNT,
    topK: true,
    choicesMax: 4,
    user: false,
    structured: 'json-object',
    prefill: false,
    media: TEXT_ONLY,
    tools: { strict: false },
    reasoning: {
      style: 'switch',
      switchField: 'enable_thinking',
      efforts: [],
      canBeOff: true,
      limitsToolChoice: true,
    },
  }),
  chat(['qwen-plus*', 'qwen-flash*', 'qwen-turbo*', 'qwen3-max*', 'qwen3-vl-plus*', 'qwen3-vl-flash*'], {
    reasoning: { offByDefault: true },
  }),
  chat(['qwen2*', 'qwen-max*', 'qwen3-coder*', 'qwen-vl*', 'qwen-mt*'], {
    reasoning: { style: 'none', canBeOff: false, limitsToolChoice: false, offByDefault: true },
  }),
  chat(['qwq*', 'qvq*'], { reasoning: { style: 'none', canBeOff: false } }),
  chat(['qwen-vl*', 'qwen2.5-vl*', 'qwen2-5-vl*', 'qwen3-vl*', 'qvq*', 'qwen3.5*', 'qwen3.6*', 'qwen3.7-plus*'], {
    media: IMAGES,
  }),
  // The same models on a server of one's own take the flag as an argument of the chat template.
  {
    models: ['qwen3*', 'glm-4.5*', 'glm-4.6*', 'glm-4.7*', 'glm-5*'],
    kinds: ['vllm'],
    formats: CHAT,
    profile: { reasoning: { style: 'switch', switchField: 'chat_template_kwargs', efforts: [], canBeOff: true } },
  },
]

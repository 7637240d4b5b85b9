import { anthropic } from './anthropic.ts'
import { azure, azureDeployments } from './azure.ts'
import { bedrock } from './bedrock.ts'
import { deepseek } from './deepseek.ts'
import { claudeCli } from './claude-cli/kind.ts'
import { demo } from './demo/kind.ts'
import { gemini } from './gemini.ts'
import { hostedKinds } from './hosters.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openai } from './openai.ts'
import type { ProviderKind } from './types.ts'
import { vertex } from './vertex.ts'

/** Every vendor Tollgate knows, by the `kind` of the configuration. Adding one is adding a row here. */
export const PROVIDER_KINDS: Readonly<Record<string, ProviderKind>> = Object.fromEntries(
  [
    openai,
    anthropic,
    gemini,
    deepseek,
    azure,
    azureDeployments,
    bedrock,
    vertex,
    openaiCompatible,
    ...hostedKinds,
    claudeCli,
    demo,
  ].map((kind) => [kind.kind, kind]),
)

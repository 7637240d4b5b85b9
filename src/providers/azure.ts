import type { Ask, AuthStyle, ProviderKind, VendorRequest } from './types.ts'

const key: AuthStyle = { header: 'api-key', prefix: '' }

/**
 * Azure OpenAI's v1 API, https://<resource>.openai.azure.com/openai/v1: as at OpenAI, but for the header. Models go by
 * the names of deployments. https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
 */
export const azure: ProviderKind = {
  kind: 'azure',
  baseUrl: undefined,
  formats: [
    'openai-responses',
    'openai-chat',
    'openai-completions',
    'openai-embeddings',
    'openai-images',
    'openai-audio',
  ],
  auth: key,
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['openai'],
  // https://learn.microsoft.com/azure/foundry/openai/how-to/realtime-audio-websockets
  webSockets: ['realtime'],
  keyVariable: undefined,
}

/** The newest version that is not a preview. */
const API_VERSION = '2024-10-21'

const METHODS: Partial<Record<Ask['format'], string>> = {
  'openai-chat': 'chat/completions',
  'openai-completions': 'completions',
  'openai-embeddings': 'embeddings',
}
/** Where one format has several endpoints. */
const METHODS_BY_ACTION: Partial<Record<Ask['action'], string>> = {
  'generate-image': 'images/generations',
  'edit-image': 'images/edits',
  speak: 'audio/speech',
  transcribe: 'audio/transcriptions',
  translate: 'audio/translations',
}

/** The deployment stands in the path; the version of the API in the query, where a client may name another. */
export const deploymentRequest = ({ format, action, model }: Ask): VendorRequest => ({
  path: `/openai/deployments/${encodeURIComponent(model)}/${METHODS_BY_ACTION[action] ?? METHODS[format] ?? ''}`,
  query: { 'api-version': API_VERSION },
})

/** Azure OpenAI by deployments, https://<resource>.openai.azure.com, as it was before the v1 API. */
export const azureDeployments: ProviderKind = {
  ...azure,
  kind: 'azure-deployments',
  formats: ['openai-chat', 'openai-completions', 'openai-embeddings', 'openai-images', 'openai-audio'],
  webSockets: [],
  requestOf: deploymentRequest,
  checkPath: `/openai/models?api-version=${API_VERSION}`,
}

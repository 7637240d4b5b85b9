import type { Ask, AuthStyle, ProviderKind, VendorRequest } from './types.ts'

const key: AuthStyle = { header: 'api-key', prefix: '' }

/**
 * Azure OpenAI's v1 API, https://<resource>.openai.azure.com/openai/v1: as at OpenAI, but for the header. Models go by
 * the names of deployments. https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
 */
export const azure: ProviderKind = {
  kind: 'azure',
  baseUrl: undefined,
  formats: ['openai-responses', 'openai-chat', 'openai-completions', 'openai-embeddings'],
  auth: key,
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['openai'],
  keyVariable: undefined,
}

/** The newest version that is not a preview. */
const API_VERSION = '2024-10-21'

const METHODS: Partial<Record<Ask['format'], string>> = {
  'openai-chat': 'chat/completions',
  'openai-completions': 'completions',
  'openai-embeddings': 'embeddings',
}

/** The deployment stands in the path; the version of the API in the query, where a client may name another. */
export const deploymentRequest = ({ format, model }: Ask): VendorRequest => ({
  path: `/openai/deployments/${encodeURIComponent(model)}/${METHODS[format] ?? ''}`,
  query: { 'api-version': API_VERSION },
})

/** Azure OpenAI by deployments, https://<resource>.openai.azure.com, as it was before the v1 API. */
export const azureDeployments: ProviderKind = {
  ...azure,
  kind: 'azure-deployments',
  formats: ['openai-chat', 'openai-completions', 'openai-embeddings'],
  requestOf: deploymentRequest,
}

import type { Candidate, ProviderKey } from './types.ts'

/// Names under which health is kept: of a key, a channel, a model of a channel, and a model as one key may use it.

export const keySubject = (providerId: string, keyId: string): string => `key:${providerId}/${keyId}`

export const channelSubject = (channelId: string): string => `channel:${channelId}`

export const modelSubject = ({ channel, upstreamModel }: Pick<Candidate, 'channel' | 'upstreamModel'>): string =>
  `model:${channel.id}/${upstreamModel}`

export const keyModelSubject = (providerId: string, keyId: string, upstreamModel: string): string =>
  `key-model:${providerId}/${keyId}/${upstreamModel}`

/** Everything that must be well for a candidate to be asked with a key. */
export const subjectsOf = (candidate: Candidate, key: ProviderKey): readonly string[] => {
  const { id } = candidate.channel.provider
  return [
    channelSubject(candidate.channel.id),
    modelSubject(candidate),
    keySubject(id, key.id),
    keyModelSubject(id, key.id, candidate.upstreamModel),
  ]
}

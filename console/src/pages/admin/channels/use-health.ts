import { useMemo } from 'react'
import { HEALTH_MS } from '../../../api/admin-lists.ts'
import { useApi } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'

type ProviderHealth = Schema<'ProvidersHealth'>['providers'][number]
/** How a channel is doing, and whether its provider is paused, which the channel then is as well. */
export type ChannelHealth = ProviderHealth['channels'][number] & { readonly isPaused: boolean }

/** How each channel is doing, by its id. */
export const useHealth = (): ReadonlyMap<string, ChannelHealth> => {
  const health = useApi('/api/admin/health', { everyMs: HEALTH_MS })
  return useMemo(
    () =>
      new Map(
        (health.data?.providers ?? []).flatMap(({ channels, paused }) =>
          channels.map((channel) => [channel.id, { ...channel, isPaused: paused }] as const),
        ),
      ),
    [health.data],
  )
}

import { useMemo } from 'react'
import { HEALTH_MS } from '../../../api/admin-lists.ts'
import { useApi } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'

export type Health = Schema<'ProvidersHealth'>['providers'][number]

/** How each provider is doing, by its id: those that a channel uses. */
export const useHealth = (): ReadonlyMap<string, Health> => {
  const health = useApi('/api/admin/health', { everyMs: HEALTH_MS })
  return useMemo(() => new Map((health.data?.providers ?? []).map((one) => [one.id, one])), [health.data])
}

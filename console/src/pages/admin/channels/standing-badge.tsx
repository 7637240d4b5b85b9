import { useTranslation } from 'react-i18next'
import { Badge } from '../../../ui/badge.tsx'
import { Unknown } from '../../../ui/values.tsx'
import type { ChannelHealth } from './use-health.ts'

/** Whether a channel is asked. */
export const StandingBadge = ({ health }: { readonly health: ChannelHealth | undefined }) => {
  const { t } = useTranslation('admin-channels')
  if (health === undefined) return <Unknown />
  if (health.isPaused) return <Badge tone="warn">{t('standing.paused')}</Badge>
  const tone = { ready: 'good', probe: 'warn', blocked: 'danger' } as const
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <Badge tone={tone[health.standing]}>{t(`standing.${health.standing}`)}</Badge>
      {health.block !== null && <span className="text-sm text-muted">{health.block.reason}</span>}
    </span>
  )
}

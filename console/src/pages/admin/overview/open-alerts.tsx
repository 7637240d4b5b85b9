import { BellRing } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import { Badge, Notice } from '../../../ui/badge.tsx'
import { ButtonLink } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { Time } from '../../../ui/values.tsx'

const SHOWN_MAX = 8
const EVERY_MS = 30_000

/** What goes on of what administrators want to be told of. */
export const OpenAlerts = () => {
  const { t } = useTranslation('admin-overview')
  const query = { state: 'open', limit: SHOWN_MAX }
  const events = useList('/api/admin/alerts/events', { query, everyMs: EVERY_MS })
  return (
    <Card
      title={t('alerts.title')}
      actions={
        <ButtonLink to="/admin/alerts" icon={BellRing}>
          {t('alerts.all')}
        </ButtonLink>
      }
    >
      {events.error && events.rows.length === 0 ? (
        <ErrorState error={events.error} onRetry={() => void events.refetch()} />
      ) : events.isPending ? (
        <RowsSkeleton />
      ) : events.rows.length === 0 ? (
        <Notice tone="good">{t('alerts.none')}</Notice>
      ) : (
        <ul className="flex flex-col gap-2">
          {events.rows.slice(0, SHOWN_MAX).map((event) => (
            <li key={event.id} className="flex flex-wrap items-baseline gap-x-2">
              <Badge tone={event.acknowledged_at === null ? 'danger' : 'warn'}>
                {event.acknowledged_at === null ? t('alerts.open') : t('alerts.acknowledged')}
              </Badge>
              <span className="min-w-0 break-words">{event.summary}</span>
              <span className="text-sm text-muted">
                {event.rule_name} · <Time at={event.fired_at} style="relative" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

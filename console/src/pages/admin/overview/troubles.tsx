import { Plug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { HEALTH_MS } from '../../../api/admin-lists.ts'
import { useApi } from '../../../api/hooks.ts'
import { Badge, Notice } from '../../../ui/badge.tsx'
import { ButtonLink } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Time } from '../../../ui/values.tsx'
import { notWellOf, type Trouble } from './not-well.ts'

/** Providers that are paused, or of which a key, a channel or a model is left alone. */
export const Troubles = () => {
  const { t } = useTranslation('admin-overview')
  const health = useApi('/api/admin/health', { everyMs: HEALTH_MS })
  const found = notWellOf(health.data?.providers ?? [])
  return (
    <Card
      title={t('trouble.title')}
      actions={
        <ButtonLink to="/admin/providers" icon={Plug}>
          {t('trouble.all')}
        </ButtonLink>
      }
    >
      {health.error && !health.data ? (
        <ErrorState error={health.error} onRetry={() => void health.refetch()} />
      ) : !health.data ? (
        <RowsSkeleton />
      ) : found.length === 0 ? (
        <Notice tone={health.data.providers.length === 0 ? 'warn' : 'good'}>
          {health.data.providers.length === 0 ? t('trouble.noProvider') : t('trouble.none')}
        </Notice>
      ) : (
        <ul className="flex flex-col gap-3">
          {found.map(({ id, kind, troubles }) => (
            <li key={id}>
              <TextLink to="/admin/providers" search={{ id }}>
                {id}
              </TextLink>{' '}
              <span className="text-sm text-muted">{kind}</span>
              <ul className="flex flex-col gap-1 pl-3">
                {troubles.map((trouble) => (
                  <TroubleLine key={trouble.subject} trouble={trouble} />
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const TroubleLine = ({ trouble: { what, name, kind, reason, since } }: { readonly trouble: Trouble }) => {
  const { t } = useTranslation('admin-overview')
  return (
    <li className="flex flex-wrap items-baseline gap-x-2">
      <Badge tone={kind === 'probe' || kind === 'paused' ? 'warn' : 'danger'}>{t(`trouble.kind.${kind}`)}</Badge>
      {what !== 'provider' && <span className="break-all">{t(`trouble.${what}`, { name })}</span>}
      <span className="text-sm text-muted">
        {reason}
        {reason !== '' && since !== null && ' · '}
        {since !== null && <Time at={since} style="relative" />}
      </span>
    </li>
  )
}

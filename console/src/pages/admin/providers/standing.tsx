import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Time } from '../../../ui/values.tsx'

export interface StandingProps {
  readonly standing: 'ready' | 'probe' | 'blocked'
  readonly block: Schema<'HealthBlock'>
  /** Its name for `resume`, where it can be resumed. */
  readonly subject?: string
}

/** How a key, a channel or a model stands, why, and what ends it. */
export const Standing = ({ standing, block, subject }: StandingProps) => {
  const { t } = useTranslation('admin-providers')
  const resume = useCall('post', '/api/admin/health/resume', {
    changes: ['/api/admin/health', '/api/admin/providers'],
    onSuccess: () => toast(t('standing.resumed')),
  })
  if (standing === 'ready')
    return (
      <div>
        <Badge tone="good">{t('standing.ready')}</Badge>
      </div>
    )
  return (
    <div className="flex flex-col items-start gap-1">
      <Badge tone={standing === 'probe' ? 'warn' : 'danger'}>
        {standing === 'probe' || block === null ? t(`standing.${standing}`) : t(`block.${block.kind}`)}
      </Badge>
      {block !== null && (
        <p className="text-sm text-muted">
          {block.reason} · {t('standing.since')} <Time at={block.since} style="hour" /> ·{' '}
          {block.until === null ? (
            t('standing.untilResumed')
          ) : (
            <>
              {t('standing.until')} <Time at={block.until} style="hour" />
            </>
          )}
        </p>
      )}
      {subject !== undefined && (
        <Button isPending={resume.isPending} onClick={() => resume.mutate({ body: { subject } })}>
          {t('standing.resume')}
        </Button>
      )}
      <ErrorNote error={resume.error} />
    </div>
  )
}

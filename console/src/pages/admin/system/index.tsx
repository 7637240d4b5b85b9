import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Badge, Notice } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Card, Fact, Facts, Stat, Stats } from '../../../ui/card.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { Duration, Time, Tokens, Unknown } from '../../../ui/values.tsx'
import { Migrations, Replicas } from './tables.tsx'

type System = Schema<'System'>

const EVERY_MS = 15_000

/** What it runs on, and how that is doing. */
export default function SystemPage() {
  const { t } = useTranslation('admin-system')
  const system = useApi('/api/admin/system', { everyMs: EVERY_MS })
  const again = (
    <Button onClick={() => void system.refetch()} isPending={system.isFetching}>
      {t('again')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={again} />
      {system.error && !system.data ? (
        <ErrorState error={system.error} onRetry={() => void system.refetch()} />
      ) : !system.data ? (
        <RowsSkeleton />
      ) : (
        <div className="flex flex-col gap-4">
          <Process system={system.data} />
          <Replicas replicas={system.data.replicas} />
          <Database database={system.data.database} />
          <Redis redis={system.data.redis} />
          <Limits limits={system.data.limits} />
          <Configuration configuration={system.data.configuration} />
          <Migrations migrations={system.data.database.migrations} />
        </div>
      )}
    </>
  )
}

const MEBIBYTE = 2 ** 20

const Bytes = ({ bytes }: { readonly bytes: number }) => {
  const { t, i18n } = useTranslation('admin-system')
  const amount = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(bytes / MEBIBYTE)
  return <span className="tabular-nums">{t('mebibytes', { amount })}</span>
}

const Process = ({ system }: { readonly system: System }) => {
  const { t } = useTranslation('admin-system')
  return (
    <Card title={t('process.title')} description={t('process.text')}>
      <div className="flex flex-col gap-4">
        <Stats>
          <Stat label={t('process.version')} value={system.version} note={system.runtime} />
          <Stat label={t('process.uptime')} value={<Duration ms={system.uptime_seconds * 1_000} />} />
          <Stat label={t('process.memory')} value={<Bytes bytes={system.memory_bytes} />} />
          <Stat label={t('process.requests')} value={<Tokens count={system.requests_open} />} />
        </Stats>
        <Facts>
          <Fact label={t('process.started')}>
            <Time at={system.started_at} />
          </Fact>
          <Fact label={t('process.clock')}>
            <Time at={system.time} />
          </Fact>
        </Facts>
      </div>
    </Card>
  )
}

const Database = ({ database }: { readonly database: System['database'] }) => {
  const { t } = useTranslation('admin-system')
  return (
    <Card title={t('database.title')}>
      <div className="flex flex-col gap-4">
        {database.fault !== null && <Notice tone="danger">{database.fault}</Notice>}
        {database.saturated && <Notice tone="warn">{t('database.saturated')}</Notice>}
        <Facts>
          <Fact label={t('database.kind')}>{database.kind}</Fact>
          <Fact label={t('state')}>
            <Badge tone={database.fault === null ? 'good' : 'danger'}>
              {database.fault === null ? t('good') : t('bad')}
            </Badge>
          </Fact>
          <Fact label={t('database.size')}>
            <Bytes bytes={database.size_bytes} />
          </Fact>
          <Fact label={t('database.queued')}>
            <Tokens count={database.queued} />
          </Fact>
          <Fact label={t('database.uncounted')}>
            <Tokens count={database.receipts_uncounted} />
          </Fact>
          <Fact label={t('database.holds')}>
            <Tokens count={database.holds_open} />
          </Fact>
        </Facts>
      </div>
    </Card>
  )
}

const Redis = ({ redis }: { readonly redis: System['redis'] }) => {
  const { t } = useTranslation('admin-system')
  return (
    <Card title={t('redis.title')}>
      {redis === null ? (
        <p className="text-muted">{t('redis.none')}</p>
      ) : (
        <Facts>
          <Fact label={t('state')}>
            <Badge tone={redis.down ? 'danger' : 'good'}>{redis.down ? t('bad') : t('good')}</Badge>
          </Fact>
          <Fact label={t('redis.outage')}>{t(`redis.outages.${redis.on_outage}`)}</Fact>
          <Fact label={t('redis.replicas')}>
            <Tokens count={redis.replicas} />
          </Fact>
          <Fact label={t('redis.alone')}>
            <Tokens count={redis.decided_alone} />
          </Fact>
          <Fact label={t('redis.places')}>
            <Tokens count={redis.places} />
          </Fact>
        </Facts>
      )}
    </Card>
  )
}

const Limits = ({ limits }: { readonly limits: System['limits'] }) => {
  const { t } = useTranslation('admin-system')
  return (
    <Card title={t('limits.title')}>
      <Facts>
        <Fact label={t('limits.subjects')}>
          <Tokens count={limits.subjects} />
        </Fact>
        <Fact label={t('limits.leases')}>
          <Tokens count={limits.leases} />
        </Fact>
        <Fact label={t('limits.evicted')}>
          <Tokens count={limits.evicted_early} />
        </Fact>
      </Facts>
    </Card>
  )
}

const Configuration = ({ configuration }: { readonly configuration: System['configuration'] }) => {
  const { t } = useTranslation('admin-system')
  const { file, warnings } = configuration
  return (
    <Card title={t('configuration.title')}>
      <div className="flex flex-col gap-3">
        <Facts>
          <Fact label={t('configuration.file')}>
            {file === null ? <Unknown /> : <span className="font-mono text-sm">{file}</span>}
          </Fact>
        </Facts>
        {warnings.length === 0 ? (
          <Notice tone="good">{t('configuration.noWarnings')}</Notice>
        ) : (
          <Notice tone="warn">
            <ul className="list-disc pl-5">
              {warnings.map((warning) => (
                <li key={warning} className="break-words">
                  {warning}
                </li>
              ))}
            </ul>
          </Notice>
        )}
      </div>
    </Card>
  )
}

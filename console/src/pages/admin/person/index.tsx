import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useParam } from '../../../app/navigate.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Card, Fact, Facts } from '../../../ui/card.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Time } from '../../../ui/values.tsx'
import { Acts } from './acts.tsx'
import { Sessions } from './sessions.tsx'

/** One person: how they sign in, what they may, and what can be done for them. */
export default function PersonPage() {
  const { t } = useTranslation('admin-person')
  const id = useParam('id')
  const person = useApi('/api/admin/people/{id}', { path: { id } })
  return (
    <>
      <PageHeader
        title={person.data?.name ?? t('title')}
        description={
          <TextLink to="/admin/users" search={{ tab: 'people' }}>
            {t('all')}
          </TextLink>
        }
      />
      {person.error && !person.data ? (
        <ErrorState error={person.error} onRetry={() => void person.refetch()} />
      ) : !person.data ? (
        <RowsSkeleton />
      ) : (
        <div className="flex flex-col gap-4">
          <About person={person.data} />
          <Acts person={person.data} />
          <Sessions id={id} />
          <Organisations person={person.data} />
        </div>
      )}
    </>
  )
}

const About = ({ person }: { readonly person: Schema<'Person'> }) => {
  const { t } = useTranslation('admin-person')
  return (
    <Card title={t('about')}>
      <Facts>
        <Fact label={t('email')}>
          <span className="break-all">{person.email}</span>{' '}
          <Badge tone={person.email_verified ? 'good' : 'warn'}>
            {t(person.email_verified ? 'proven' : 'unproven')}
          </Badge>
        </Fact>
        <Fact label={t('factor')}>{t(person.two_factor ? 'on' : 'off')}</Fact>
        <Fact label={t('access')}>
          <span className="flex flex-wrap gap-1">
            <Badge tone={person.disabled ? 'danger' : 'good'}>{t(person.disabled ? 'disabled' : 'enabled')}</Badge>
            {person.administrator && <Badge tone="accent">{t('administrator')}</Badge>}
          </span>
        </Fact>
        <Fact label={t('created')}>
          <Time at={person.created_at} />
        </Fact>
        <Fact label={t('id')}>
          <span className="font-mono text-sm break-all">{person.id}</span> <CopyButton text={person.id} />
        </Fact>
        <Fact label={t('audit.label')}>
          <span className="flex flex-wrap gap-x-3">
            <TextLink to="/admin/audit" search={{ actor: person.id }}>
              {t('audit.by')}
            </TextLink>
            <TextLink to="/admin/audit" search={{ subject: person.id }}>
              {t('audit.about')}
            </TextLink>
          </span>
        </Fact>
      </Facts>
    </Card>
  )
}

const Organisations = ({ person }: { readonly person: Schema<'Person'> }) => {
  const { t } = useTranslation('admin-person')
  return (
    <Card title={t('organisations.title')}>
      {person.organisations.length === 0 ? (
        <EmptyState title={t('organisations.empty')} text={t('organisations.emptyText')} />
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {person.organisations.map(({ id, name, role }) => (
            <li key={id} className="flex flex-wrap gap-x-3 py-2">
              <TextLink to="/admin/users/$id" params={{ id }} className="wrap-anywhere">
                {name}
              </TextLink>
              <span className="text-muted">{t(`common:role.${role}`, role)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

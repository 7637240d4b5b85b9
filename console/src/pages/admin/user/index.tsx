import type { TFunction } from 'i18next'
import { Eye, Pencil, Scale } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newDeedId } from '../../../api/deed.ts'
import { useApi } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useParam } from '../../../app/navigate.ts'
import { accountName, hasAddress } from '../../../format/accounts.ts'
import { signOf } from '../../../format/money.ts'
import { Button } from '../../../ui/button.tsx'
import { Card, Fact, Facts, Stat, Stats } from '../../../ui/card.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RowsSkeleton, Skeleton } from '../../../ui/skeleton.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Money, Time } from '../../../ui/values.tsx'
import { AdjustBalance } from './adjust-balance.tsx'
import { EditUser } from './edit-user.tsx'
import { Keys } from './keys.tsx'
import { Members } from './members.tsx'
import { Requests } from './requests.tsx'
import { ViewAs } from './view-as.tsx'

/** It is looked at while its owner asks, on the telephone and otherwise. */
const BALANCE_EVERY_MS = 10_000

/** One account: what it has, and what can be done for it. */
export default function UserPage() {
  const { t } = useTranslation('admin-user')
  const id = useParam('id')
  const user = useApi('/api/admin/users/{id}', { path: { id } })
  const [isViewing, setViewing] = useState(false)
  const view = user.data && (
    <Button icon={Eye} onClick={() => setViewing(true)}>
      {t('view.action')}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={user.data ? nameOf(t, user.data) : t('title')}
        description={<TextLink to="/admin/users">{t('all')}</TextLink>}
        actions={view}
      />
      {user.error && !user.data ? (
        <ErrorState error={user.error} onRetry={() => void user.refetch()} />
      ) : !user.data ? (
        <RowsSkeleton />
      ) : (
        <div className="flex flex-col gap-4">
          <Balance id={id} />
          <About user={user.data} />
          <Members id={id} isOperator={user.data.operator} />
          <Keys id={id} />
          <Requests id={id} />
          <ViewAs id={id} email={nameOf(t, user.data)} isOpen={isViewing} onClose={() => setViewing(false)} />
        </div>
      )}
    </>
  )
}

const nameOf = (t: TFunction, user: Schema<'User'>): string => (user.operator ? t('operator.label') : accountName(user))

const Balance = ({ id }: { readonly id: string }) => {
  const { t } = useTranslation('admin-user')
  const balance = useApi('/api/admin/users/{id}/balance', { path: { id }, everyMs: BALANCE_EVERY_MS })
  const [posting, setPosting] = useState<string>()
  // A credit line is no money: what there is of it stands beside what was counted, and not in one sum.
  const hasLine = signOf(balance.data?.credit_line_usd ?? '') !== 0
  const adjust = (
    <Button icon={Scale} onClick={() => setPosting(`console-${newDeedId()}`)}>
      {t('adjust.title')}
    </Button>
  )
  return (
    <Card title={t('balance.title')} actions={adjust}>
      {balance.error && !balance.data ? (
        <ErrorState error={balance.error} onRetry={() => void balance.refetch()} />
      ) : !balance.data ? (
        <Skeleton className="h-16 w-full" />
      ) : (
        <Stats>
          {!hasLine && <Stat label={t('balance.available')} value={<Money amount={balance.data.available_usd} />} />}
          <Stat label={t('balance.posted')} value={<Money amount={balance.data.posted_usd} />} />
          <Stat label={t('balance.held')} value={<Money amount={balance.data.held_usd} />} />
          {hasLine && (
            <Stat
              label={t('balance.creditLine')}
              value={<Money amount={balance.data.credit_line_usd} />}
              note={t('balance.creditLineNote')}
            />
          )}
        </Stats>
      )}
      <AdjustBalance
        id={id}
        available={balance.data?.available_usd}
        posting={posting}
        onClose={() => setPosting(undefined)}
      />
    </Card>
  )
}

const About = ({ user }: { readonly user: Schema<'User'> }) => {
  const { t } = useTranslation('admin-user')
  const [isEditing, setEditing] = useState(false)
  const edit = (
    <Button icon={Pencil} onClick={() => setEditing(true)}>
      {t('edit.action')}
    </Button>
  )
  return (
    <Card title={t('about')} actions={edit}>
      <Facts>
        {user.operator && <Fact label={t('operator.label')}>{t('operator.text')}</Fact>}
        <Fact label={t('id')}>
          <span className="font-mono text-sm break-all">{user.id}</span> <CopyButton text={user.id} />
        </Fact>
        {hasAddress(user) && <Fact label={t('email')}>{user.email}</Fact>}
        <Fact label={t('plan.label')}>{user.plan ?? t('plan.none')}</Fact>
        <Fact label={t('multiplier.label')}>× {user.rate_multiplier}</Fact>
        <Fact label={t('created')}>
          <Time at={user.created_at} />
        </Fact>
        <Fact label={t('audit.label')}>
          <TextLink to="/admin/audit" search={{ user_id: user.id }}>
            {t('audit.link')}
          </TextLink>
        </Fact>
      </Facts>
      <EditUser user={user} isOpen={isEditing} onClose={() => setEditing(false)} />
    </Card>
  )
}

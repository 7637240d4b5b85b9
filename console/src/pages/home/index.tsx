import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/skeleton.tsx'
import { Checklist } from './checklist.tsx'
import { Overview } from './overview.tsx'

/** For a newcomer the way to the first answer; for everybody else how things stand. */
export default function HomePage() {
  const { t } = useTranslation('home')
  const first = useApi('/api/me/requests', { query: { limit: 1 } })
  // Once begun, the list stays until it is left: its last step shows the answer.
  const [beginning, setBeginning] = useState<'unknown' | 'begun' | 'over'>('unknown')
  const isNew = first.data?.data.length === 0
  useEffect(() => {
    if (isNew) setBeginning((before) => (before === 'unknown' ? 'begun' : before))
  }, [isNew])
  if (beginning === 'begun' || (beginning === 'unknown' && isNew))
    return <Checklist onDone={() => setBeginning('over')} />
  if (first.data) return <Overview />
  return (
    <>
      <PageHeader title={t('title')} />
      {first.error ? <ErrorState error={first.error} onRetry={() => void first.refetch()} /> : <RowsSkeleton />}
    </>
  )
}

import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { fitsText, type PublicModel, usePublicModels } from '../../api/public-models.ts'
import { useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { SignInLink } from '../../app/sign-in-link.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Time } from '../../ui/values.tsx'
import { columnsOf } from './columns.tsx'
import { FILTERS, type PriceFilters, PricingFilters } from './filters.tsx'

/** List prices, and what is paid with each plan, as billing works it out. */
export default function PricingPage() {
  const { t } = useTranslation('pricing')
  const [filters, change] = useFilters(FILTERS)
  const { isSignedIn, organisation } = useSession()
  const source = usePublicModels(isSignedIn && organisation !== undefined)
  const columns = useMemo(() => columnsOf(t, filters.plan), [t, filters.plan])
  const all = source.data?.data ?? []
  const rows = useMemo(() => all.filter((model) => fits(model, filters)), [all, filters])
  if (source.isHidden) return <Hidden />
  return (
    <>
      <PageHeader title={t('title')} description={t(source.isOwn ? 'ownText' : 'text')} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        source={source}
        empty={<EmptyState title={t('empty.title')} text={t('empty.text')} />}
        toolbar={<PricingFilters models={all} plans={source.data?.plans ?? []} filters={filters} change={change} />}
      />
      <Notes at={source.data?.at} isOwn={source.isOwn} />
    </>
  )
}

const fits = (model: PublicModel, { q, type, provider }: PriceFilters): boolean =>
  model.pricing !== null &&
  fitsText(model, q) &&
  (type === '' || model.type === type) &&
  (provider === '' || model.provider === provider)

/** The operator does not tell everybody. */
const Hidden = () => {
  const { t } = useTranslation('pricing')
  const { isSignedIn } = useSession()
  return (
    <>
      <PageHeader title={t('title')} />
      <EmptyState
        title={t('hidden.title')}
        text={t('hidden.text')}
        action={!isSignedIn && <SignInLink to="/docs/pricing" />}
      />
    </>
  )
}

/** What the figures are, and from when. */
const Notes = ({ at, isOwn }: { readonly at: string | undefined; readonly isOwn: boolean }) => {
  const { t } = useTranslation('pricing')
  return (
    <div className="mt-4 flex max-w-prose flex-col gap-2 text-sm text-muted">
      <p>{t('note.unit')}</p>
      <p>{t(isOwn ? 'note.ownAccount' : 'note.own')}</p>
      <p>
        {t('note.receipt')} <TextLink to="/docs/billing">{t('note.more')}</TextLink>
      </p>
      {at !== undefined && (
        <p>
          {t('note.asOf')} <Time at={at} />
        </p>
      )}
    </div>
  )
}

import { Users } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Fact, Facts } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Drawer } from '../../../ui/dialog.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Money, Time } from '../../../ui/values.tsx'

type Code = Schema<'RedemptionCode'>

interface Redemption {
  readonly user_id: string
  readonly email: string | null
  readonly redeemed_at: string
  /** null: not in the ledger yet. */
  readonly credited_at: string | null
}

/** Who redeemed a code, and when. */
export const Redemptions = ({ code, onClose }: { readonly code: Code | undefined; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-codes')
  return (
    <Drawer isOpen={code !== undefined} onClose={onClose} title={t('redeemed.title', { name: code?.hint ?? '' })}>
      {code && (
        <div className="flex flex-col gap-4 pb-4">
          <Facts>
            <Fact label={t('amount')}>
              <Money amount={code.amount_usd} />
            </Fact>
            <Fact label={t('state')}>{t(`states.${code.state}`)}</Fact>
            <Fact label={t('uses')}>{t('usesOf', { uses: code.uses, max: code.uses_max })}</Fact>
            {code.note !== null && <Fact label={t('note')}>{code.note}</Fact>}
            {code.revoked_at !== null && (
              <Fact label={t('states.revoked')}>
                <Time at={code.revoked_at} /> · {t(`common:actor.${code.revoked_by}`, code.revoked_by ?? '')}
              </Fact>
            )}
          </Facts>
          <Accounts id={code.id} />
        </div>
      )}
    </Drawer>
  )
}

const Accounts = ({ id }: { readonly id: string }) => {
  const { t } = useTranslation('admin-codes')
  const redemptions = useList('/api/admin/redemption-codes/{id}/redemptions', { path: { id } })
  const columns = useMemo<readonly Column<Redemption>[]>(
    () => [
      {
        id: 'account',
        header: t('redeemed.account'),
        isRowHeader: true,
        cell: ({ user_id: user, email }) => <TextLink to={`/admin/users/${user}`}>{email ?? user}</TextLink>,
      },
      {
        id: 'at',
        header: t('redeemed.at'),
        cell: ({ redeemed_at: at, credited_at: credited }) => (
          <>
            <Time at={at} />
            {credited === null && <span className="block text-sm text-warn">{t('redeemed.notCredited')}</span>}
          </>
        ),
      },
    ],
    [t],
  )
  return (
    <DataTable
      label={t('redeemed.accounts')}
      columns={columns}
      rows={redemptions.rows}
      rowKey={({ user_id: user }) => user}
      source={redemptions}
      hasFixedColumns
      empty={<EmptyState icon={Users} title={t('redeemed.empty')} text={t('redeemed.emptyText')} />}
    />
  )
}

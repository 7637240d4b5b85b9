import { useTranslation } from 'react-i18next'
import { Money } from '../../../ui/values.tsx'

/** What something cost, of what it may. */
export const Spent = ({
  spent,
  stop,
}: {
  readonly spent: string | undefined
  readonly stop: string | null | undefined
}) => {
  const { t } = useTranslation('admin-providers')
  return (
    <span>
      <Money amount={spent} isShort />
      {stop !== null && stop !== undefined && (
        <span className="text-muted">
          {' '}
          {t('spend.of')} <Money amount={stop} isShort />
        </span>
      )}
    </span>
  )
}

import { useTranslation } from 'react-i18next'
import { Money } from '../../ui/values.tsx'

interface Budgeted {
  readonly budget_usd: string | null
  readonly budgets: Readonly<Record<string, string | undefined>>
}

/** What may be spent, each window on a line. */
export const Budgets = ({ of: { budget_usd: total, budgets } }: { readonly of: Budgeted }) => {
  const { t } = useTranslation('keys')
  const rules = [['total', total ?? undefined] as const, ...Object.entries(budgets)]
  const set = rules.filter(([, amount]) => amount !== undefined)
  if (set.length === 0) return <span className="text-muted">{t('budget.none')}</span>
  return (
    <ul>
      {set.map(([window, amount]) => (
        <li key={window} className="whitespace-nowrap">
          <Money amount={amount} isShort /> <span className="text-sm text-muted">{t(`budget.${window}`)}</span>
        </li>
      ))}
    </ul>
  )
}

import { useTranslation } from 'react-i18next'
import { Card } from '../../ui/card.tsx'

/** Names that are gone, each with what to ask for instead. */
export const Retired = ({
  names,
}: {
  readonly names: readonly { readonly id: string; readonly successor: string }[]
}) => {
  const { t } = useTranslation('models')
  if (names.length === 0) return null
  return (
    <Card title={t('retired.title')} description={t('retired.text')} className="mt-6">
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[minmax(9rem,max-content)_minmax(0,1fr)]">
        {names.map(({ id, successor }) => (
          <div key={id} className="contents">
            <dt>
              <code className="break-all text-muted">{id}</code>
            </dt>
            <dd>
              <code className="break-all">{successor}</code>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

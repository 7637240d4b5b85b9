import { useTranslation } from 'react-i18next'
import { Card } from '../../ui/card.tsx'
import { lossOf, type Receipt } from './receipt.ts'

/** What did not arrive as it was sent, each with where and what became of it. */
export const LossesCard = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const isTranslated = receipt.client_format !== receipt.upstream_format
  return (
    <Card title={t('losses.title')}>
      {receipt.warnings.length === 0 ? (
        <p className="text-muted">{t(isTranslated ? 'losses.none' : 'losses.untranslated')}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {[...new Set(receipt.warnings)].map((warning) => {
            const { pointer, code } = lossOf(warning)
            return (
              <li key={warning} className="border-l-2 border-warn pl-3">
                <code className="break-all">{pointer === '' ? '/' : pointer}</code>{' '}
                <span className="text-muted">({code})</span>
                <div>{t(`loss.${code}`, t('loss.other'))}</div>
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}

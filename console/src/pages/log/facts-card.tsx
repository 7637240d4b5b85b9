import { useTranslation } from 'react-i18next'
import { useNames } from '../../api/names.ts'
import { Card, Fact, Facts } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import type { Receipt } from './receipt.ts'

/** What was asked, by which key, and who served it. */
export const FactsCard = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const names = useNames()
  return (
    <Card title={t('facts.title')}>
      <Facts>
        <Fact label={t('facts.id')}>
          <span className="flex items-center">
            <code className="min-w-0 text-sm break-all">{receipt.request_id}</code>
            <CopyButton text={receipt.request_id} label={t('facts.copyId')} />
          </span>
        </Fact>
        <Fact label={t('facts.asked')}>{receipt.model_requested}</Fact>
        <Fact label={t('facts.served')}>{receipt.model_served || '–'}</Fact>
        <Fact label={t('facts.provider')}>
          {[receipt.provider, receipt.channel].filter((part) => part !== '').join(' · ') || '–'}
        </Fact>
        <Fact label={t('facts.key')}>
          <TextLink to="/console/logs" search={{ key: receipt.key_id }}>
            {names.keyName(receipt.key_id)}
          </TextLink>
        </Fact>
        {receipt.project_id !== null && (
          <Fact label={t('facts.project')}>
            <TextLink to="/console/logs" search={{ project: receipt.project_id }}>
              {names.projectName(receipt.project_id)}
            </TextLink>
          </Fact>
        )}
        <Fact label={t('facts.group')}>{receipt.group}</Fact>
        <Fact label={t('facts.format')}>
          {receipt.client_format === receipt.upstream_format
            ? t('facts.untranslated', { format: receipt.client_format })
            : t('facts.translated', { from: receipt.client_format, to: receipt.upstream_format })}
        </Fact>
        <Fact label={t('facts.stream')}>{t(receipt.stream ? 'facts.streamed' : 'facts.whole')}</Fact>
      </Facts>
    </Card>
  )
}

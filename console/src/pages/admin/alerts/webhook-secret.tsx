import { useTranslation } from 'react-i18next'
import { SecretOnce } from '../../../ui/copy.tsx'

/** What messages to a webhook are signed with, this once. */
export const WebhookSecret = ({ secret }: { readonly secret: string }) => {
  const { t } = useTranslation('admin-alerts')
  return (
    <div className="flex flex-col gap-3">
      <p>{t('secret.text')}</p>
      <SecretOnce secret={secret} label={t('secret.label')} />
    </div>
  )
}

import { useTranslation } from 'react-i18next'
import { SecretOnce } from '../../ui/copy.tsx'
import { Time } from '../../ui/values.tsx'
import { UseIt } from '../../ui/use-it.tsx'
import type { Key } from './key-form.ts'

/** A key with its secret, as a creation or a rotation answers it. */
export interface IssuedKey extends Key {
  readonly key: string
  readonly old_valid_until?: string
}

/** The secret, this once, and what to do with it. */
export const NewSecret = ({ issued }: { readonly issued: IssuedKey }) => {
  const { t } = useTranslation('keys')
  return (
    <div className="flex flex-col gap-4">
      <SecretOnce secret={issued.key} label={t('secret.label')} />
      {issued.old_valid_until !== undefined && (
        <p>
          {t('secret.oldValidUntil')} <Time at={issued.old_valid_until} />
        </p>
      )}
      <div>
        <h3 className="mb-1">{t('secret.useIt')}</h3>
        <UseIt secret={issued.key} models={issued.models} />
      </div>
    </div>
  )
}

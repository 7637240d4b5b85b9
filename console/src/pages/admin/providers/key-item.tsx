import { Pencil, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../ui/button.tsx'
import { LIMITS, LimitList } from '../../../ui/limit-fields.tsx'
import { Spent } from './spent.tsx'
import type { ProviderKey } from './key-form.ts'
import { Standing } from './standing.tsx'
import type { Health } from './use-health.ts'

export type KeyAct = (act: 'add' | 'edit' | 'remove', key?: ProviderKey) => void

export interface KeyItemProps {
  readonly provider: string
  readonly apiKey: ProviderKey
  readonly health: Health['keys'][number] | undefined
  readonly mayChange: boolean
  readonly onAct: KeyAct
}

/** A key of a provider: never the key, but its end, how it stands, and what it may do. */
export const KeyItem = ({ provider, apiKey, health, mayChange, onAct }: KeyItemProps) => {
  const { t } = useTranslation('admin-providers')
  const hasLimits = LIMITS.some((limit) => typeof apiKey[limit] === 'number')
  return (
    <li className="flex flex-col gap-1.5 rounded-lg border border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium break-all">{apiKey.id}</span>
        {apiKey.last4 !== null && <code className="text-sm text-muted">…{apiKey.last4}</code>}
        <span className="flex-1 text-sm text-muted">{t('key.weightOf', { weight: apiKey.weight ?? 1 })}</span>
        {mayChange && (
          <span>
            <IconButton
              label={t('key.editTitle', { name: apiKey.id })}
              icon={Pencil}
              onClick={() => onAct('edit', apiKey)}
            />
            <IconButton
              label={t('key.removeTitle', { name: apiKey.id })}
              icon={Trash2}
              onClick={() => onAct('remove', apiKey)}
            />
          </span>
        )}
      </div>
      <Standing
        standing={apiKey.standing}
        block={apiKey.block}
        {...(health && { subject: `key:${provider}/${apiKey.id}` })}
      />
      {health && (
        <p className="text-sm">
          {t('spend.today')}: <Spent spent={health.spend.day_usd} stop={apiKey.day_usd} /> · {t('spend.thisMonth')}:{' '}
          <Spent spent={health.spend.month_usd} stop={apiKey.month_usd} />
        </p>
      )}
      {hasLimits && <LimitList of={apiKey} />}
    </li>
  )
}

import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { Badge, Notice } from '../../../ui/badge.tsx'
import type { ConditionField } from './rule-form.ts'

type Tried = Schema<'RulesTried'>

/** Which rule counts, and of each of them which conditions hold. */
export const TriedResult = ({ tried: { counts, rules } }: { readonly tried: Tried }) => {
  const { t } = useTranslation('admin-rules')
  return (
    <div className="flex flex-col gap-3">
      <Notice tone={counts ? 'good' : 'neutral'}>
        {counts ? t('try.counts', { name: counts.name }) : t('try.none')}
      </Notice>
      <ol className="flex flex-col gap-2">
        {rules.map((rule, index) => (
          <li key={rule.name} className="flex flex-col gap-1">
            <span className="flex flex-wrap items-baseline gap-2">
              <span className="font-medium break-words">
                {index + 1}. {rule.name}
              </span>
              {!rule.enabled && <Badge>{t('off')}</Badge>}
              <Holds holds={rule.holds} />
              {counts !== null && rule.holds === true && rule.enabled && index > counts.index && (
                <span className="text-sm text-muted">{t('try.later')}</span>
              )}
            </span>
            {rule.conditions.length > 0 && (
              <ul className="flex flex-wrap gap-x-4 gap-y-1 pl-5">
                {rule.conditions.map(({ condition, holds }) => (
                  <li key={condition} className="inline-flex items-baseline gap-1.5 text-sm">
                    {t(`field.${CONDITIONS[condition] ?? 'models'}`)} <Holds holds={holds} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}

/** What the form calls the conditions of the API. */
const CONDITIONS: Readonly<Record<string, ConditionField>> = {
  ...{ models: 'models', formats: 'formats', bytes_min: 'size', bytes_max: 'size', tools: 'tools', images: 'images' },
  ...{ stream: 'stream', headers: 'header', labels: 'labels', hours: 'hours', days: 'days' },
}

const Holds = ({ holds }: { readonly holds: boolean | null }) => {
  const { t } = useTranslation('admin-rules')
  if (holds === null) return <Badge tone="warn">{t('holds.unknown')}</Badge>
  return <Badge tone={holds ? 'good' : 'neutral'}>{holds ? t('holds.yes') : t('holds.no')}</Badge>
}

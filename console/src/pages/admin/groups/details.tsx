import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../../ui/card.tsx'
import { Drawer } from '../../../ui/dialog.tsx'
import { LimitList } from '../../../ui/limit-fields.tsx'
import { SourceBadge, SourceNote } from '../../../ui/source.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Time } from '../../../ui/values.tsx'
import type { Group } from './group-form.ts'

export interface DetailsProps {
  readonly subject: Group | undefined
  /** Names of the channels that keys of the group may use. */
  readonly channels: readonly string[]
  readonly onClose: () => void
}

/** Everything there is to know of a group. */
export const GroupDetails = ({ subject, channels, onClose }: DetailsProps) => (
  <Drawer isOpen={subject !== undefined} onClose={onClose} title={subject?.id ?? ''}>
    {subject && <Details group={subject} channels={channels} />}
  </Drawer>
)

const Details = ({ group, channels }: { readonly group: Group; readonly channels: readonly string[] }) => {
  const { t } = useTranslation('admin-groups')
  return (
    <div className="flex flex-col gap-5 pb-6">
      <SourceNote source={group.source} />
      <Facts>
        <Fact label={t('multiplier.label')}>× {group.multiplier ?? '1'}</Fact>
        <Fact label={t('strategy.label')}>
          {t(`strategy.name.${group.strategy ?? 'weighted'}`)}
          <p className="text-sm text-muted">{t(`strategy.text.${group.strategy ?? 'weighted'}`)}</p>
        </Fact>
        <Fact label={t('hedge.short')}>{group.hedge_after ?? t('hedge.never')}</Fact>
        <Fact label={t('cache.short')}>
          {group.cache_breakpoints ? t(`cache.ttl${group.cache_ttl ?? 'Vendor'}`) : t('cache.off')}
        </Fact>
        <Fact label={t('limits.label')}>
          <LimitList of={group.limits ?? {}} />
        </Fact>
        <Fact label={t('rules')}>
          <TextLink to="/admin/rules" search={{ group: group.id }}>
            {t('ruleCount', { count: group.rules?.length ?? 0 })}
          </TextLink>
        </Fact>
        <Fact label={t('channels')}>
          {channels.length === 0 ? (
            t('noChannels')
          ) : (
            <ul>
              {channels.map((id) => (
                <li key={id}>
                  <TextLink to="/admin/channels" search={{ id }} className="break-all">
                    {id}
                  </TextLink>
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact label={t('column.source')}>
          <SourceBadge source={group.source} />
        </Fact>
        {group.updated_at !== null && (
          <Fact label={t('updated')}>
            <Time at={group.updated_at} /> · {group.updated_by}
          </Fact>
        )}
      </Facts>
    </div>
  )
}

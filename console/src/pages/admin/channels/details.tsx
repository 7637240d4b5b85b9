import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../../ui/card.tsx'
import { Drawer } from '../../../ui/dialog.tsx'
import { SourceBadge, SourceNote } from '../../../ui/source.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Duration, Time, Tokens } from '../../../ui/values.tsx'
import type { Channel } from './channel-form.ts'
import { StandingBadge } from './standing-badge.tsx'
import type { ChannelHealth } from './use-health.ts'

export interface DetailsProps {
  readonly subject: Channel | undefined
  readonly health: ChannelHealth | undefined
  readonly onClose: () => void
}

/** Everything there is to know of a channel. */
export const ChannelDetails = ({ subject, health, onClose }: DetailsProps) => (
  <Drawer isOpen={subject !== undefined} onClose={onClose} title={subject?.id ?? ''}>
    {subject && <Details channel={subject} health={health} />}
  </Drawer>
)

const Details = ({ channel, health }: { readonly channel: Channel; readonly health: ChannelHealth | undefined }) => {
  const { t } = useTranslation('admin-channels')
  const pairs = Object.entries(channel.model_map ?? {})
  return (
    <div className="flex flex-col gap-5 pb-6">
      <SourceNote source={channel.source} />
      <Facts>
        <Fact label={t('provider.label')}>
          <TextLink to="/admin/providers" search={{ id: channel.provider ?? '' }}>
            {channel.provider}
          </TextLink>
        </Fact>
        <Fact label={t('standing.label')}>
          <StandingBadge health={health} />
        </Fact>
        <Fact label={t('groups.label')}>{channel.groups?.join(', ')}</Fact>
        <Fact label={t('priority.label')}>{channel.priority ?? 0}</Fact>
        <Fact label={t('weight.label')}>{channel.weight ?? 1}</Fact>
        <Fact label={t('models.label')}>
          {channel.models ? (
            <ul>
              {channel.models.map((model) => (
                <li key={model} className="break-all">
                  {model}
                </li>
              ))}
            </ul>
          ) : (
            t('models.all')
          )}
        </Fact>
        {pairs.length > 0 && (
          <Fact label={t('map.label')}>
            <ul>
              {pairs.map(([ours, theirs]) => (
                <li key={ours} className="break-all">
                  {ours} → {theirs}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact label={t('underWay')}>
          <Tokens count={health?.under_way} />
        </Fact>
        <Fact label={t('firstContent')}>
          <Duration ms={health?.first_content_ms} />
        </Fact>
        <Fact label={t('wholeAnswer')}>
          <Duration ms={health?.whole_answer_ms} />
        </Fact>
        <Fact label={t('column.source')}>
          <SourceBadge source={channel.source} />
        </Fact>
        {channel.updated_at !== null && (
          <Fact label={t('updated')}>
            <Time at={channel.updated_at} /> · {channel.updated_by}
          </Fact>
        )}
      </Facts>
    </div>
  )
}

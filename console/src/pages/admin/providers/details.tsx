import { KeyRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Card, Fact, Facts } from '../../../ui/card.tsx'
import { Drawer } from '../../../ui/dialog.tsx'
import { SourceBadge, SourceNote } from '../../../ui/source.tsx'
import { Time, Unknown } from '../../../ui/values.tsx'
import { type KeyAct, KeyItem } from './key-item.tsx'
import { type Provider, stateOf, TIMEOUTS } from './provider-form.ts'
import { Spent } from './spent.tsx'
import { Standing } from './standing.tsx'
import { StateBadge } from './state-badge.tsx'
import type { Health } from './use-health.ts'

export interface DetailsProps {
  readonly subject: Provider | undefined
  readonly health: Health | undefined
  readonly onClose: () => void
  readonly onKey: KeyAct
}

/** Everything there is to know of a provider: what was said of it, its keys, its channels. */
export const ProviderDetails = ({ subject, onClose, ...rest }: DetailsProps) => (
  <Drawer isOpen={subject !== undefined} onClose={onClose} title={subject?.id ?? ''}>
    {subject && <Details provider={subject} {...rest} />}
  </Drawer>
)

type OpenProps = Omit<DetailsProps, 'subject' | 'onClose'> & { readonly provider: Provider }

const Details = ({ provider, health, onKey }: OpenProps) => {
  const { t } = useTranslation('admin-providers')
  const mayChange = provider.source === 'api'
  return (
    <div className="flex flex-col gap-5 pb-6">
      <SourceNote source={provider.source} />
      {provider.paused && (
        <Notice tone="warn">
          {t(`paused.${stateOf(provider)}`)} <Time at={provider.since} />
          {provider.reason !== null && <p className="break-words">{provider.reason}</p>}
        </Notice>
      )}
      <ProviderFacts provider={provider} health={health} />
      <Card
        title={t('key.title')}
        actions={
          mayChange && (
            <Button icon={KeyRound} onClick={() => onKey('add')}>
              {t('key.add')}
            </Button>
          )
        }
      >
        {provider.keys.length === 0 ? (
          <p className="text-muted">{t('key.none')}</p>
        ) : (
          <ul className="flex flex-col gap-3">
            {provider.keys.map((key) => (
              <KeyItem
                key={key.id}
                provider={provider.id}
                apiKey={key}
                health={health?.keys.find(({ id }) => id === key.id)}
                mayChange={mayChange}
                onAct={onKey}
              />
            ))}
          </ul>
        )}
      </Card>
      <Channels health={health} />
    </div>
  )
}

const ProviderFacts = ({ provider, health }: { readonly provider: Provider; readonly health: Health | undefined }) => {
  const { t } = useTranslation('admin-providers')
  return (
    <Facts>
      <Fact label={t('column.state')}>
        <StateBadge provider={provider} />
      </Fact>
      <Fact label={t('kind.label')}>{provider.kind ?? <Unknown />}</Fact>
      <Fact label={t('baseUrl.label')}>
        <span className="break-all">{provider.base_url ?? t('baseUrl.none')}</span>
      </Fact>
      <Fact label={t('column.source')}>
        <SourceBadge source={provider.source} />
      </Fact>
      <Fact label={t('spend.today')}>
        <Spent spent={health?.spend.day_usd} stop={provider.spend_stop?.day_usd} />
      </Fact>
      <Fact label={t('spend.thisMonth')}>
        <Spent spent={health?.spend.month_usd} stop={provider.spend_stop?.month_usd} />
      </Fact>
      <Fact label={t('multiplier.label')}>{provider.cost_multiplier ?? '1'}</Fact>
      <Fact label={t('protocol.label')}>{provider.protocol ?? t('protocol.any')}</Fact>
      <Fact label={t('models.label')}>{provider.models?.join(', ') ?? t('models.all')}</Fact>
      <Fact label={t('proxy.label')}>{provider.proxy ?? t('proxy.none')}</Fact>
      {TIMEOUTS.filter((timeout) => typeof provider.timeouts?.[timeout] === 'string').map((timeout) => (
        <Fact key={timeout} label={t(`timeout.${timeout}`)}>
          {provider.timeouts?.[timeout]}
        </Fact>
      ))}
      {provider.updated_at !== null && (
        <Fact label={t('updated')}>
          <Time at={provider.updated_at} /> · {provider.updated_by}
        </Fact>
      )}
    </Facts>
  )
}

const Channels = ({ health }: { readonly health: Health | undefined }) => {
  const { t } = useTranslation('admin-providers')
  return (
    <Card title={t('channels.title')} description={t('channels.text')}>
      {health === undefined || health.channels.length === 0 ? (
        <p className="text-muted">{t('channels.none')}</p>
      ) : (
        <ul className="flex flex-col gap-3">
          {health.channels.map((channel) => (
            <li key={channel.id} className="flex flex-col gap-1">
              <span className="font-medium break-all">{channel.id}</span>
              <Standing standing={channel.standing} block={channel.block} subject={channel.subject} />
              {channel.models
                .filter(({ standing }) => standing !== 'ready')
                .map((model) => (
                  <div key={model.subject} className="pl-3">
                    <span className="break-all">{model.model}</span>
                    <Standing standing={model.standing} block={model.block} subject={model.subject} />
                  </div>
                ))}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

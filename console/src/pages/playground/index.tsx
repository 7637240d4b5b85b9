import { Columns2, RotateCcw, Square } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { rememberKey, useFreshKey } from '../../app/fresh-key.ts'
import { useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { laneBeside } from './bench.ts'
import { Composer } from './composer.tsx'
import { KeyCard } from './key-card.tsx'
import { LaneCard } from './lane-card.tsx'
import { SettingsCard } from './settings-card.tsx'
import { store, useBench } from './store.ts'
import { modelNamed, useAskable } from './use-models.ts'

/** Asks any model in any format with a real key, alone or two side by side. */
export default function PlaygroundPage() {
  const { t } = useTranslation('playground')
  const bench = useBench()
  const { impersonating } = useSession()
  const { lanes } = bench
  const [first] = lanes
  const isBusy = lanes.some(({ running }) => running)
  useOwner()
  useFirstModel()
  const toggle = (): void =>
    store.change({ lanes: lanes.length > 1 || !first ? lanes.slice(0, 1) : [first, laneBeside(first)] })
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('text')}
        actions={
          <>
            <Button icon={lanes.length > 1 ? Square : Columns2} onClick={toggle}>
              {t(lanes.length > 1 ? 'alone' : 'compare')}
            </Button>
            <Button icon={RotateCcw} onClick={() => store.clear()}>
              {t('clear')}
            </Button>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        {impersonating ? <Notice tone="warn">{t('obstacle.viewing')}</Notice> : <KeyCard />}
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="flex min-w-0 flex-col gap-4">
            <div className={cx('grid items-start gap-4', lanes.length > 1 && 'lg:grid-cols-2')}>
              {lanes.map((lane, place) => (
                <LaneCard key={lane.id} lane={lane} bench={bench} place={lanes.length > 1 ? place + 1 : undefined} />
              ))}
            </div>
            <Composer bench={bench} isBusy={isBusy} />
          </div>
          <SettingsCard bench={bench} />
        </div>
      </div>
    </>
  )
}

/** What one person wrote, and their key, is not for the next who signs in, in the same tab. */
const useOwner = (): void => {
  const { person } = useSession()
  const key = useFreshKey()
  const owner = person?.id ?? ''
  useEffect(() => {
    if (owner === '') return
    const wasOf = store.ownedBy(owner)
    if (wasOf !== undefined && wasOf !== owner && key !== '') rememberKey('')
  }, [owner, key])
}

/** A conversation begins with the model of the documentation's examples, or else with the first there is. */
const useFirstModel = (): void => {
  const { lanes } = useBench()
  const { models } = useAskable()
  const example = useApi<{ readonly model: string }>('/docs/values.json')
  const best = example.isPending ? undefined : (modelNamed(models, example.data?.model ?? '') ?? models[0])
  useEffect(() => {
    if (!best) return
    for (const { id, model } of lanes)
      if (model === '') store.changeLane(id, { model: best.id, outputTokensMax: best.max_output_tokens ?? undefined })
  }, [best, lanes])
}

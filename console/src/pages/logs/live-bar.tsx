import { Pause, Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import type { LiveTail } from './use-tail.ts'

/** Whether new requests come in by themselves, how many did, and a button that holds them back. */
export const LiveBar = ({ live, isEnded }: { readonly live: LiveTail; readonly isEnded: boolean }) => {
  const { t } = useTranslation('logs')
  if (isEnded) return <p className="text-sm text-muted">{t('live.ended')}</p>
  const { state, isPaused, tail } = live
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Badge tone={isPaused ? 'warn' : state === 'open' ? 'good' : 'neutral'}>
        {t(isPaused ? 'live.paused' : `live.${state}`)}
      </Badge>
      <Button kind="quiet" icon={isPaused ? Play : Pause} onClick={isPaused ? live.resume : live.pause}>
        {t(isPaused ? 'live.resume' : 'live.pause')}
      </Button>
      <span role="status" className="text-sm text-muted">
        {isPaused
          ? t('live.waiting', { count: tail.waiting.length })
          : tail.shown.length > 0 && t('live.shown', { count: tail.shown.length })}
      </span>
    </div>
  )
}

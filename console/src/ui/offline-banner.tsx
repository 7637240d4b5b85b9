import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { reachNow, watchReach } from '../api/reach.ts'
import { formatTime } from '../format/times.ts'

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

/** Whether the browser believes to have a network. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)

const TRIED_EVERY_MS = 5_000

/** Says that what is shown may be old, for as long as the gateway does not answer: on this machine it does without a network. */
export const OfflineBanner = () => {
  const { t } = useTranslation()
  const isOnline = useOnline()
  const isLost = useSyncExternalStore(watchReach, () => reachNow().isLost)
  useTrying(isLost, isOnline)
  return (
    <div role="status">
      {isLost && <p className="bg-warn-soft px-4 py-2 text-warn sm:px-6">{isOnline ? <Lost /> : t('offline')}</p>}
    </div>
  )
}

const Lost = () => {
  const { t, i18n } = useTranslation()
  const { answeredAtMs } = reachNow()
  if (answeredAtMs === 0) return t('lost.never')
  return t('lost.since', { time: formatTime(new Date(answeredAtMs).toISOString(), i18n.language, 'clock') })
}

/** Asks at once when the network comes or goes, and again until an answer comes; pages then read again what they show. */
const useTrying = (isLost: boolean, isOnline: boolean): void => {
  useEffect(() => {
    if (isLost || !isOnline) void ask()
  }, [isLost, isOnline])
  useEffect(() => {
    if (!isLost) return
    const timer = setInterval(() => void ask(), TRIED_EVERY_MS)
    return () => clearInterval(timer)
  }, [isLost])
}

/** Where nothing comes again, what there is to say of it is said already. */
const ask = () => Promise.allSettled([send('get', '/api/session')])

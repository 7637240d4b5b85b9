import { useTranslation } from 'react-i18next'
import { formatShare } from '../../format/numbers.ts'
import { cx } from '../../ui/cx.ts'
import { type Day, type DayWord, wordOf } from './status.ts'

const LOOKS: Readonly<Record<DayWord, string>> = {
  none: 'border border-dashed border-edge',
  good: 'bg-good',
  fair: 'bg-warn',
  poor: 'bg-danger',
}

/** How tall a bar is: the fewer answers, the shorter, so that colour is not all that tells days apart. */
const HEIGHTS: Readonly<Record<DayWord, string>> = { none: 'h-10', good: 'h-10', fair: 'h-7', poor: 'h-4' }

/** A bar for each day, oldest first. Each says in words what it shows. */
export const Days = ({ days }: { readonly days: readonly Day[] }) => {
  const { t, i18n } = useTranslation('status')
  const textOf = ({ day, uptime }: Day): string =>
    uptime === null
      ? t('days.nothing', { day: dateOf(day, i18n.language) })
      : t('days.share', { day: dateOf(day, i18n.language), share: formatShare(uptime, i18n.language) })
  return (
    <>
      <ol className="flex h-10 items-end gap-0.5">
        {days.map((day) => (
          <li key={day.day} title={textOf(day)} className="flex-1">
            <span className={cx('block w-full rounded-sm', LOOKS[wordOf(day.uptime)], HEIGHTS[wordOf(day.uptime)])} />
            <span className="sr-only">{textOf(day)}</span>
          </li>
        ))}
      </ol>
      <div className="mt-1 flex justify-between text-sm text-muted">
        <span>{dateOf(days[0]?.day, i18n.language)}</span>
        <span>{t('days.today')}</span>
      </div>
    </>
  )
}

/** A day in UTC, as the counters have it. */
const dateOf = (day: string | undefined, locale: string): string =>
  day === undefined
    ? ''
    : new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(
        new Date(`${day}T00:00:00Z`),
      )

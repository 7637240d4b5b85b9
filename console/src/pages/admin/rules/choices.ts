import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from './rule-form.ts'

type When = NonNullable<Rule['when']>
type Day = NonNullable<When['days']>[number]

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Day[]
/** A Monday. */
const MONDAY_MS = Date.UTC(2026, 0, 5)
const DAY_MS = 86_400_000

/** The days of a week, named in the reader's language. */
export const useDays = (): readonly { readonly value: string; readonly label: string }[] => {
  const { i18n } = useTranslation()
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' })
    return DAYS.map((value, index) => ({ value, label: format.format(MONDAY_MS + index * DAY_MS) }))
  }, [i18n.language])
}

/** The time zones that the browser knows, `UTC` first. */
export const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((value) => ({
  value,
  label: value,
}))

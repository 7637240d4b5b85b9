import { Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { timeOfField } from '../format/times.ts'
import { Button } from './button.tsx'
import { Field } from './field.tsx'
import { Input, Select } from './input.tsx'

/** Filters above a list, as many beside each other as fit. */
export const Filters = ({ children, onClear }: { readonly children: ReactNode; readonly onClear?: () => void }) => {
  const { t } = useTranslation()
  return (
    <search className="flex flex-wrap items-end gap-x-3 gap-y-2 [&>div]:min-w-36 [&_select]:max-w-64">
      {children}
      {onClear && (
        <Button kind="quiet" icon={X} onClick={onClear}>
          {t('clearFilters')}
        </Button>
      )}
    </search>
  )
}

const SETTLED_MS = 300

/** Text to look for; told on when the typing pauses. */
export const SearchField = ({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}) => {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <Field label={label}>
      <div className="relative">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
        />
        <Input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} className="pl-8!" />
      </div>
    </Field>
  )
}

/** Ranges that are asked for again and again, in hours. */
const RANGES = [
  { value: '1h', hours: 1 },
  { value: '24h', hours: 24 },
  { value: '7d', hours: 7 * 24 },
  { value: '30d', hours: 30 * 24 },
  { value: '90d', hours: 90 * 24 },
] as const

export interface Range {
  /** ISO 8601, or '' for open. */
  readonly since: string
  readonly until: string
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/**
 * The range that a name stands for, ending now; to the minute, so that the same name asked twice is the same question.
 * `from,to` is one that was entered.
 */
export const rangeOf = (name: string, nowMs: number): Range => {
  const known = RANGES.find(({ value }) => value === name)
  if (known) {
    const endMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
    return { since: new Date(endMs - known.hours * HOUR_MS).toISOString(), until: '' }
  }
  const [since = '', until = ''] = name.split(',')
  return { since: timeOfField(since), until: timeOfField(until) }
}

/**
 * A span of time: the last day, the last week, or from one moment to another in the reader's own zone. Its value is a
 * name that fits into an address; `rangeOf` makes times of it.
 */
export const DateRange = ({
  label,
  value,
  onChange,
  names = {},
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** What ranges are called where they are other ones than elsewhere, by their values. */
  readonly names?: Readonly<Record<string, string>>
}) => {
  const { t } = useTranslation()
  const isOwn = value.includes(',')
  const [since = '', until = ''] = isOwn ? value.split(',') : []
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Field label={label}>
        <Select
          value={isOwn ? 'own' : value}
          onChange={(event) => onChange(event.target.value === 'own' ? ',' : event.target.value)}
          options={[
            ...RANGES.map((range) => ({ value: range.value, label: names[range.value] ?? t(`range.${range.value}`) })),
            { value: 'own', label: t('range.own') },
          ]}
        />
      </Field>
      {isOwn && (
        <>
          <Field label={t('range.since')}>
            <Input
              type="datetime-local"
              value={since}
              onChange={(event) => onChange(`${event.target.value},${until}`)}
            />
          </Field>
          <Field label={t('range.until')}>
            <Input
              type="datetime-local"
              value={until}
              onChange={(event) => onChange(`${since},${event.target.value}`)}
            />
          </Field>
        </>
      )}
    </div>
  )
}

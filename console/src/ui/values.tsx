import { useTranslation } from 'react-i18next'
import { formatMoney, formatMoneyShort } from '../format/money.ts'
import { formatCount, formatCountShort, formatDuration, formatShare } from '../format/numbers.ts'
import { placesOf } from './aligned-money.ts'
import { formatRelative, formatTime, type TimeStyle } from '../format/times.ts'

/** What is not known is said to be so; it is never zero. */
export const Unknown = () => {
  const { t } = useTranslation()
  return (
    <span className="text-muted" title={t('unknown')}>
      –<span className="sr-only"> {t('unknown')}</span>
    </span>
  )
}

type Maybe<T> = T | null | undefined

export interface MoneyProps {
  /** A decimal string, as the API gives it. */
  readonly amount: Maybe<string>
  readonly currency?: string
  /** Cut off for narrow places, and said to be; the full amount is the title. */
  readonly isShort?: boolean
}

/** An amount of money, exact. */
export const Money = ({ amount, currency = 'USD', isShort = false }: MoneyProps) => {
  const { i18n } = useTranslation()
  if (amount === null || amount === undefined) return <Unknown />
  const full = formatMoney(amount, i18n.language, currency)
  const text = isShort ? formatMoneyShort(amount, i18n.language, currency) : full
  const [number, rest] = text.split('…')
  return (
    <span
      className="whitespace-nowrap tabular-nums"
      title={text === full ? undefined : full}
      data-places={placesOf(text)}
    >
      {number}
      {rest !== undefined && <span className="inline-block w-[2ch] text-left">…</span>}
      {rest}
    </span>
  )
}

/** How many tokens, or of anything else. */
export const Tokens = ({ count, isShort = false }: { readonly count: Maybe<number>; readonly isShort?: boolean }) => {
  const { i18n } = useTranslation()
  if (count === null || count === undefined) return <Unknown />
  const full = formatCount(count, i18n.language)
  const text = isShort ? formatCountShort(count, i18n.language) : full
  return (
    <span className="whitespace-nowrap tabular-nums" title={text === full ? undefined : full}>
      {text}
    </span>
  )
}

/** A share of one, as per cent. */
export const Share = ({ share }: { readonly share: Maybe<number> }) => {
  const { i18n } = useTranslation()
  if (share === null || share === undefined) return <Unknown />
  return <span className="tabular-nums">{formatShare(share, i18n.language)}</span>
}

export interface TimeProps {
  /** ISO 8601, as the API gives it. */
  readonly at: Maybe<string>
  readonly style?: TimeStyle | 'relative'
}

/** A moment, in the reader's zone; the title has it in UTC. */
export const Time = ({ at, style = 'full' }: TimeProps) => {
  const { i18n } = useTranslation()
  if (at === null || at === undefined || at === '') return <Unknown />
  const text =
    style === 'relative' ? formatRelative(at, Date.now(), i18n.language) : formatTime(at, i18n.language, style)
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tabular-nums">
      {text}
    </time>
  )
}

/** How long something took. */
export const Duration = ({ ms }: { readonly ms: Maybe<number> }) => {
  const { i18n } = useTranslation()
  if (ms === null || ms === undefined) return <Unknown />
  return <span className="whitespace-nowrap tabular-nums">{formatDuration(ms, i18n.language)}</span>
}

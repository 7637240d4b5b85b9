import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge, type Tone } from './badge.tsx'

export interface OutcomeProps {
  readonly status: number
  readonly ended: string
}

/** How a request ended, in a word with its HTTP status; where there is little room, an answered one by that alone. */
export const Outcome = ({ status, ended }: OutcomeProps) => {
  const { t } = useTranslation()
  const word = t(`ended.${ended}`, ended)
  return (
    <Badge tone={toneOf(status, ended)}>
      {status}
      <span className={ended === 'whole' ? 'hidden sm:inline' : undefined}>{` · ${word}`}</span>
    </Badge>
  )
}

/** That a request failed, in a mark beside its time, where its outcome has no room. */
export const FailureMark = ({ status, ended }: OutcomeProps) => {
  const { t } = useTranslation()
  if (toneOf(status, ended) === 'good') return null
  const text = `${status} · ${t(`ended.${ended}`, ended)}`
  return (
    <span className="ml-1 inline-block align-[-0.15em] text-danger sm:hidden" title={text}>
      <TriangleAlert aria-hidden className="size-4" />
      <span className="sr-only">{text}</span>
    </span>
  )
}

const toneOf = (status: number, ended: string): Tone => {
  if (status >= 400 || ended === 'failed' || ended === 'abandoned') return 'danger'
  return ended === 'whole' ? 'good' : 'warn'
}

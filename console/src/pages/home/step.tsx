import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from '../../ui/cx.ts'

export interface StepProps {
  readonly number: number
  readonly title: string
  readonly isDone: boolean
  readonly children: ReactNode
}

/** One step of several, with a word and a sign for whether it is done. */
export const Step = ({ number, title, isDone, children }: StepProps) => {
  const { t } = useTranslation('home')
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3 rounded-lg border border-line bg-surface p-4">
      <span
        aria-hidden
        className={cx(
          'inline-flex size-8 items-center justify-center rounded-full font-semibold',
          isDone ? 'bg-good-soft text-good' : 'bg-accent-soft text-accent',
        )}
      >
        {isDone ? <Check className="size-4" /> : number}
      </span>
      <div className="flex min-w-0 flex-col gap-3">
        <h2 className="pt-1">
          {title}
          {isDone && <span className="sr-only"> ({t('step.done')})</span>}
        </h2>
        {children}
      </div>
    </li>
  )
}

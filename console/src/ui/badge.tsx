import type { ReactNode } from 'react'
import { cx } from './cx.ts'

export type Tone = 'neutral' | 'good' | 'warn' | 'danger' | 'accent'

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-raised text-text',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
  accent: 'bg-accent-soft text-accent',
}

/** A state in a word. The word says it; the colour helps. */
export const Badge = ({ tone = 'neutral', children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <span
    className={cx(
      'inline-flex items-center gap-1 rounded-full px-2 py-px text-[0.8rem] font-medium whitespace-nowrap',
      TONES[tone],
    )}
  >
    {children}
  </span>
)

/** A note that stays: what to know before going on. */
export const Notice = ({ tone = 'accent', children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <div className={cx('rounded-md px-3 py-2', TONES[tone])}>{children}</div>
)

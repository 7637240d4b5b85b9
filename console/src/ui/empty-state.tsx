import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export interface EmptyStateProps {
  readonly title: string
  /** Why it is empty, and what to do about it. */
  readonly text?: ReactNode
  readonly icon?: LucideIcon
  readonly action?: ReactNode
}

/** There is nothing here yet: says so, and what comes next. */
export const EmptyState = ({ title, text, icon: Icon, action }: EmptyStateProps) => (
  <div className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-edge px-4 py-10 text-center">
    {Icon && <Icon aria-hidden className="size-7 text-muted" />}
    <p className="font-semibold">{title}</p>
    {text !== undefined && <div className="max-w-prose text-muted">{text}</div>}
    {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
  </div>
)

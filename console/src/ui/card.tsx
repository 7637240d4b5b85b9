import { Children, type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

export interface CardProps {
  readonly title?: ReactNode
  readonly description?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
  readonly className?: string
}

/** A part of a page with a name of its own. */
export const Card = ({ title, description, actions, children, className }: CardProps) => {
  const id = useId()
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={cx('min-w-0 rounded-lg border border-line bg-surface p-4', className)}
    >
      {(title !== undefined || actions !== undefined) && (
        <div className="mb-3 flex flex-wrap items-start gap-2">
          <div className="min-w-0 flex-1 basis-48">
            {title !== undefined && <h2 id={id}>{title}</h2>}
            {description !== undefined && <div className="text-sm text-muted">{description}</div>}
          </div>
          {actions}
        </div>
      )}
      {children}
    </section>
  )
}

export interface StatProps {
  readonly label: string
  readonly value: ReactNode
  /** Beneath, smaller: what it is compared with. */
  readonly note?: ReactNode
}

/** One figure with its name. Several stand in a `Stats`. */
export const Stat = ({ label, value, note }: StatProps) => (
  <div className="min-w-0 rounded-lg border border-line bg-surface px-3 py-3 sm:px-4">
    <dt className="text-sm text-muted">{label}</dt>
    <dd className="mt-0.5 font-semibold sm:text-lg wrap-anywhere tabular-nums [&>span]:whitespace-normal">{value}</dd>
    {note !== undefined && <dd className="text-sm text-muted">{note}</dd>}
  </div>
)

/** Figures side by side, as many as fit; six of them in rows of two, three or six, so that none stands alone. */
export const Stats = ({ children }: { readonly children: ReactNode }) => (
  <dl
    className={cx(
      'grid gap-3',
      Children.count(children) === 6
        ? 'grid-cols-2 md:grid-cols-3 2xl:grid-cols-6'
        : 'grid-cols-[repeat(auto-fit,minmax(min(11rem,46%),1fr))]',
    )}
  >
    {children}
  </dl>
)

/** Names and values below each other: the facts of one thing. */
export const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[minmax(9rem,max-content)_minmax(0,1fr)]">{children}</dl>
)

export const Fact = ({ label, children }: { readonly label: ReactNode; readonly children: ReactNode }) => (
  <>
    <dt className="text-sm text-muted sm:text-base">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)

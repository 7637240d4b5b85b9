import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'

/** The shape of what is on its way. */
export const Skeleton = ({ className }: { readonly className?: string }) => (
  <div aria-hidden className={cx('animate-pulse rounded bg-raised', className ?? 'h-4 w-full')} />
)

const Waiting = () => {
  const { t } = useTranslation(undefined, { useSuspense: false })
  return (
    <span role="status" className="sr-only">
      {t('loading')}
    </span>
  )
}

/** In place of a page whose code or facts are on their way. */
export const PageSkeleton = () => (
  <div className="flex flex-col gap-4 p-4">
    <Waiting />
    <Skeleton className="h-8 w-56" />
    <Skeleton className="h-4 w-96 max-w-full" />
    <Skeleton className="h-40 w-full" />
  </div>
)

const LINES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

/** In place of the rows of a table or a list. */
export const RowsSkeleton = ({ rows = 5 }: { readonly rows?: number }) => (
  <div className="flex flex-col gap-2 py-2">
    <Waiting />
    {LINES.slice(0, rows).map((line) => (
      <Skeleton key={line} className="h-8 w-full" />
    ))}
  </div>
)

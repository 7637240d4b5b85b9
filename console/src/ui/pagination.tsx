import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'

/** Cursors of the pages seen so far: forward by the one the last answer named, back by those that are remembered. */
export const useCursor = () => {
  const [seen, setSeen] = useState<readonly string[]>([''])
  return {
    cursor: seen.at(-1) ?? '',
    page: seen.length,
    forward: (next: string) => setSeen([...seen, next]),
    back: () => setSeen(seen.slice(0, Math.max(1, seen.length - 1))),
    restart: () => setSeen(['']),
  }
}

/** One page after the other, where loading more below each other (`DataTable` with `useList`) does not fit. */
export const Pagination = ({
  cursor,
  next,
}: {
  readonly cursor: ReturnType<typeof useCursor>
  readonly next: string | null | undefined
}) => {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('pages')} className="flex items-center gap-2">
      <Button icon={ChevronLeft} disabled={cursor.page === 1} onClick={cursor.back}>
        {t('previous')}
      </Button>
      <span aria-live="polite">{t('page', { page: cursor.page })}</span>
      <Button icon={ChevronRight} disabled={!next} onClick={() => next && cursor.forward(next)}>
        {t('next')}
      </Button>
    </nav>
  )
}

import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { asApiError, isSaidAtField } from '../api/error.ts'
import { Button } from './button.tsx'

/** What went wrong, in the place of what should be here: the message, the request's id, and another try. */
export const ErrorState = ({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) => {
  const { t } = useTranslation()
  const { message, status, requestId } = asApiError(error)
  return (
    <div role="alert" className="flex flex-col items-start gap-2 rounded-lg border border-danger bg-surface p-4">
      <p className="flex items-center gap-2 font-semibold text-danger">
        <CircleAlert aria-hidden className="size-5 shrink-0" />
        {t(status === 0 ? 'error.noAnswer' : status === 403 ? 'error.forbidden' : 'error.title')}
      </p>
      <p className="break-words">{message}</p>
      {requestId !== undefined && (
        <p className="text-sm text-muted">
          {t('error.requestId')} <code className="select-all">{requestId}</code>
        </p>
      )}
      {onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
    </div>
  )
}

/** What went wrong with something that was tried, beside its button. Nothing while nothing did. */
export const ErrorNote = ({ error }: { readonly error: unknown }) => {
  const { t } = useTranslation()
  if (error === undefined || error === null) return null
  const found = asApiError(error)
  const { message, requestId } = found
  return (
    <div role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
      <p className="break-words">{isSaidAtField(found) ? t('error.atField') : message}</p>
      {requestId !== undefined && (
        <p className="text-sm">
          {t('error.requestId')} <code className="select-all">{requestId}</code>
        </p>
      )}
    </div>
  )
}

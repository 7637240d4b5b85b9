import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError, asApiError } from '../api/error.ts'
import { watchRecovery } from '../api/reach.ts'
import { ErrorState } from '../ui/error-state.tsx'

/** In place of a page that broke, or whose code could not be loaded: which is tried again once the gateway answers. */
export const Crashed = ({ error, reset }: ErrorComponentProps) => {
  const router = useRouter()
  const retry = (): void => {
    reset()
    void router.invalidate()
  }
  const broken = brokenBy(error)
  const isAway = broken.status === 0
  useEffect(() => {
    if (!isAway) return
    return watchRecovery(() => {
      reset()
      void router.invalidate()
    })
  }, [isAway, reset, router])
  return (
    <div className="p-6">
      <ErrorState error={broken} onRetry={retry} />
    </div>
  )
}

/** A mistake of the page's own is no server that does not answer. */
const brokenBy = (thrown: unknown): ApiError => {
  const error = asApiError(thrown)
  if (thrown instanceof Error && thrown.message !== error.message) return error
  return thrown === error ? error : new ApiError(error.message, { status: 500, code: 'page_broke' })
}

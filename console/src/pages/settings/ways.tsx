import { KeyRound, Link as LinkIcon, LogIn } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ErrorNote, ErrorState } from '../../ui/error-state.tsx'
import { RowsSkeleton } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Time } from '../../ui/values.tsx'

export const WAYS_PATH = '/api/auth/list-accounts'

/** A way to sign in, as the sign-in library lists it. */
export interface Way {
  readonly id: string
  readonly providerId: string
  readonly createdAt: string
}

const PASSWORD = 'credential'

export interface WaysProps {
  readonly ways: {
    readonly data: readonly Way[] | undefined
    readonly error: unknown
    readonly refetch: () => unknown
  }
}

/** By what somebody signs in: what is added and taken away, but the last. */
export const Ways = ({ ways }: WaysProps) => {
  const { t } = useTranslation('settings')
  const { oidc, person } = useSession()
  const [{ error }] = useFilters(['error'])
  // Where there is but the password, there is nothing to choose.
  if (oidc.length === 0 && (ways.data?.every(({ providerId }) => providerId === PASSWORD) ?? true)) return null
  const linked = ways.data ?? []
  const missing = oidc.filter(({ id }) => !linked.some(({ providerId }) => providerId === id))
  return (
    <Card title={t('ways.title')} description={t('ways.text')}>
      <div className="flex flex-col gap-3">
        {error !== '' && <Notice tone="danger">{t('ways.failed', { email: person?.email ?? '' })}</Notice>}
        {ways.error && !ways.data ? (
          <ErrorState error={ways.error} onRetry={() => void ways.refetch()} />
        ) : !ways.data ? (
          <RowsSkeleton />
        ) : (
          <ul className="flex flex-col divide-y divide-line">
            {linked.map((way) => (
              <Linked key={way.id} way={way} isLast={!linked.some((other) => isUsable(other, way, oidc))} />
            ))}
            {missing.map((place) => (
              <Missing key={place.id} place={place} />
            ))}
          </ul>
        )}
      </div>
    </Card>
  )
}

type Place = ReturnType<typeof useSession>['oidc'][number]

/** Whether somebody could still sign in by `other` without `way`: a place that is configured no more leads nowhere. */
const isUsable = (other: Way, way: Way, oidc: readonly Place[]): boolean =>
  other.id !== way.id && (other.providerId === PASSWORD || oidc.some(({ id }) => id === other.providerId))

const ROW = 'flex flex-wrap items-center gap-x-3 gap-y-1 py-2'

const Linked = ({ way, isLast }: { readonly way: Way; readonly isLast: boolean }) => {
  const { t } = useTranslation('settings')
  const { oidc, impersonating } = useSession()
  const [isAsking, setAsking] = useState(false)
  const unlink = useCall<unknown>('post', '/api/auth/unlink-account', {
    changes: [WAYS_PATH],
    onSuccess: () => {
      toast(t('ways.unlinked', { name }))
      setAsking(false)
    },
  })
  const isPassword = way.providerId === PASSWORD
  const name = isPassword ? t('password.title') : (oidc.find(({ id }) => id === way.providerId)?.name ?? way.providerId)
  const Icon = isPassword ? KeyRound : LogIn
  return (
    <li className={ROW}>
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="min-w-0 flex-1 basis-40 break-words">
        {name}{' '}
        <span className="text-sm text-muted">
          {t('ways.since')} <Time at={way.createdAt} style="day" />
        </span>
      </span>
      {!isPassword &&
        (isLast ? (
          <span className="text-sm text-muted">{t('ways.last')}</span>
        ) : (
          <Button
            kind="danger"
            disabled={impersonating !== null}
            aria-label={t('ways.unlinkOne', { name })}
            onClick={() => setAsking(true)}
          >
            {t('ways.unlink')}
          </Button>
        ))}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          unlink.reset()
          setAsking(false)
        }}
        onConfirm={() => unlink.mutate({ body: { providerId: way.providerId } })}
        title={t('ways.unlinkOne', { name })}
        text={t('ways.unlinkText', { name })}
        action={t('ways.unlink')}
        isPending={unlink.isPending}
        error={unlink.error}
      />
    </li>
  )
}

const Missing = ({ place }: { readonly place: Place }) => {
  const { t } = useTranslation('settings')
  const { impersonating } = useSession()
  const link = useCall<{ readonly url: string }>('post', '/api/auth/link-social', {
    onSuccess: ({ url }) => location.assign(url),
  })
  const here = '/console/settings'
  return (
    <li className={ROW}>
      <LogIn aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="min-w-0 flex-1 basis-40 break-words">
        {place.name} <span className="text-sm text-muted">{t('ways.missing')}</span>
      </span>
      <Button
        icon={LinkIcon}
        disabled={impersonating !== null}
        isPending={link.isPending || link.isSuccess}
        aria-label={t('ways.linkOne', { name: place.name })}
        onClick={() => link.mutate({ body: { provider: place.id, callbackURL: here, errorCallbackURL: here } })}
      >
        {t('ways.link')}
      </Button>
      <ErrorNote error={link.error} />
    </li>
  )
}

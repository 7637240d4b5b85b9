import { Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { Menu as MenuIcon } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Drawer } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { OfflineBanner } from '../../ui/offline-banner.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageSkeleton } from '../../ui/skeleton.tsx'
import { MAIN_ID } from '../focus.ts'
import { ADMIN_NAVIGATION, CONSOLE_NAVIGATION, type NavigationGroup } from '../navigation.ts'
import { useSession } from '../session.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Brand } from './brand.tsx'
import { Preferences } from './preferences.tsx'
import { SideNavigation } from './side-navigation.tsx'
import { SkipLink } from './skip-link.tsx'

/** The frame of `/console`, for who is signed in. Another organisation or person is another console: nothing of the last stays. */
export const ConsoleFrame = () => {
  const { t } = useTranslation()
  const { organisation, state, person } = useSession()
  const { pathname } = useLocation()
  const isNobodys = state === 'known' && !organisation
  // A person without an organisation makes one in the settings.
  const isStranger = isNobodys && !(person && pathname === SETTINGS)
  return (
    <SignedIn>
      <MemberFrame groups={CONSOLE_NAVIGATION} label={t('nav.console')} name={organisation?.name}>
        {isStranger ? <NoOrganisation /> : <Outlet key={`${person?.id} ${organisation?.id}`} />}
      </MemberFrame>
    </SignedIn>
  )
}

/** The frame of `/admin`, for administrators and the admin key. */
export const AdminFrame = () => {
  const { t } = useTranslation()
  const { isAdministrator, state, person } = useSession()
  const isForbidden = state === 'known' && !isAdministrator
  return (
    <SignedIn>
      <MemberFrame groups={isForbidden ? [] : ADMIN_NAVIGATION} label={t('nav.admin')}>
        {isForbidden ? (
          <PageHeader
            title={t('forbidden.title')}
            description={t('forbidden.text')}
            actions={
              <ButtonLink to="/console" kind="primary">
                {t('forbidden.console')}
              </ButtonLink>
            }
          />
        ) : (
          <Outlet key={person?.id ?? ''} />
        )}
      </MemberFrame>
    </SignedIn>
  )
}

/** Sends who is not signed in to the sign-in page, and back here afterwards. */
const SignedIn = ({ children }: { readonly children: ReactNode }) => {
  const { state, isSignedIn } = useSession()
  const wasSignedIn = useRef(false)
  useEffect(() => {
    if (isSignedIn) wasSignedIn.current = true
  }, [isSignedIn])
  if (state === 'waiting') return <PageSkeleton />
  return state === 'known' && !isSignedIn ? <ToSignIn hasEnded={wasSignedIn.current} /> : children
}

/**
 * Goes there once; whoever was signed in is told there why. The router's own `Navigate` goes again each time it is drawn,
 * which going there makes it be.
 */
const ToSignIn = ({ hasEnded }: { readonly hasEnded: boolean }) => {
  const router = useRouter()
  useEffect(() => {
    const next = router.state.location.href
    void router.navigate({ to: '/login', search: { next }, replace: true, ...(hasEnded && { state: { hasEnded } }) })
  }, [router, hasEnded])
  return <PageSkeleton />
}

const SETTINGS = '/console/settings'

/** There is no organisation to look at: the admin key has none of its own, and people can leave theirs. */
const NoOrganisation = () => {
  const { t } = useTranslation()
  const { person } = useSession()
  const kind = person ? 'noOrganisation' : 'operatorOnly'
  return (
    <PageHeader
      title={t(`${kind}.title`)}
      description={t(`${kind}.text`)}
      actions={
        person ? (
          <ButtonLink to={SETTINGS} search={{ tab: 'organisation' }} kind="primary">
            {t('nav.settings')}
          </ButtonLink>
        ) : (
          <ButtonLink to="/admin" kind="primary">
            {t('nav.admin')}
          </ButtonLink>
        )
      }
    />
  )
}

interface MemberFrameProps {
  /** None: there is nothing here to lead to. */
  readonly groups: readonly NavigationGroup[]
  readonly label: string
  /** Whose pages they are. */
  readonly name?: string | undefined
  readonly children: ReactNode
}

const MemberFrame = ({ groups, label, name, children }: MemberFrameProps) => {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const leads = groups.length > 0
  return (
    <div className={cx('min-h-dvh', leads && 'lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]')}>
      <SkipLink />
      {leads && (
        <div className="sticky top-0 hidden h-dvh flex-col gap-4 overflow-y-auto border-r border-line bg-surface p-3 lg:flex">
          <SideNavigation groups={groups} label={label}>
            <Brand />
          </SideNavigation>
        </div>
      )}
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="sticky top-0 z-20 flex items-center gap-2 border-b border-line bg-surface px-3 py-1.5 sm:px-6">
          {leads ? (
            <>
              <IconButton label={t('nav.open')} icon={MenuIcon} className="lg:hidden" onClick={() => setOpen(true)} />
              <span className="min-w-0 truncate font-medium">{name ?? label}</span>
            </>
          ) : (
            <Brand />
          )}
          <div className="ml-auto flex items-center gap-1">
            <Preferences />
            <AccountMenu />
          </div>
        </header>
        <OfflineBanner />
        <ImpersonationBanner />
        <main id={MAIN_ID} tabIndex={-1} className="mx-auto w-full max-w-[100rem] flex-1 px-3 py-5 sm:px-6">
          {children}
        </main>
      </div>
      <Drawer isOpen={isOpen} onClose={() => setOpen(false)} title={label} side="left">
        <SideNavigation groups={groups} label={label} onNavigate={() => setOpen(false)} />
      </Drawer>
    </div>
  )
}

/** An administrator looks at somebody's console: said for as long as it is so. */
const ImpersonationBanner = () => {
  const { t } = useTranslation()
  const { impersonating } = useSession()
  const [failure, setFailure] = useState<unknown>()
  if (!impersonating) return null
  const stop = async (): Promise<void> => {
    try {
      await call('delete', '/api/session/impersonation')
      // Loaded anew, as at the beginning: nothing that was read in their name is left, and nothing more is asked in it.
      location.assign(`/admin/users/${encodeURIComponent(impersonating.user_id)}`)
    } catch (thrown) {
      setFailure(thrown)
    }
  }
  return (
    <div role="status" className="flex flex-wrap items-center gap-3 bg-warn-soft px-4 py-2 text-warn sm:px-6">
      <span>{t('impersonating', { email: impersonating.name })}</span>
      <Button onClick={() => void stop()}>{t('stopImpersonating')}</Button>
      <ErrorNote error={failure} />
    </div>
  )
}

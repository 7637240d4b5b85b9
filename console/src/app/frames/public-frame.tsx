import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../../ui/button.tsx'
import { OfflineBanner } from '../../ui/offline-banner.tsx'
import { MAIN_ID } from '../focus.ts'
import { useSession } from '../session.tsx'
import { Brand } from './brand.tsx'
import { Preferences } from './preferences.tsx'
import { SkipLink } from './skip-link.tsx'

const LINKS = [
  { to: '/models', name: 'models' },
  { to: '/docs', name: 'docs' },
  { to: '/docs/pricing', name: 'pricing' },
  { to: '/status', name: 'status' },
] as const

/** The frame of pages for everybody. */
export const PublicFrame = () => (
  <div className="flex min-h-dvh flex-col">
    <SkipLink />
    <PublicHeader />
    <OfflineBanner />
    <main id={MAIN_ID} tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 sm:px-6">
      <Outlet />
    </main>
    <PublicFooter />
  </div>
)

/** The frame of signing in: nothing that leads away from it. */
export const AccountFrame = () => (
  <div className="flex min-h-dvh flex-col">
    <SkipLink />
    <header className="flex items-center justify-between px-4 py-3 sm:px-6">
      <Brand />
      <Preferences />
    </header>
    <OfflineBanner />
    <main id={MAIN_ID} tabIndex={-1} className="mx-auto w-full max-w-md flex-1 px-4 py-8">
      <Outlet />
    </main>
  </div>
)

const PublicHeader = () => {
  const { t } = useTranslation()
  return (
    <header className="border-b border-line bg-surface print:hidden">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2 sm:px-6">
        <Brand />
        <nav aria-label={t('nav.main')} className="order-last w-full md:order-none md:w-auto">
          <ul className="flex flex-wrap gap-x-5">
            {LINKS.map(({ to, name }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: true }}
                  className="touch inline-flex items-center py-1 text-muted hover:text-text aria-[current=page]:font-semibold aria-[current=page]:text-text"
                >
                  {t(`nav.${name}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ml-auto flex items-center gap-2">
          <Preferences />
          <SignIn />
        </div>
      </div>
    </header>
  )
}

const SignIn = () => {
  const { t } = useTranslation()
  const { isSignedIn, person, sign_up } = useSession()
  if (isSignedIn)
    return (
      <ButtonLink to={person ? '/console' : '/admin'} kind="primary">
        {t(person ? 'nav.console' : 'nav.admin')}
      </ButtonLink>
    )
  return (
    <>
      <ButtonLink to="/login">{t('signIn')}</ButtonLink>
      {sign_up === 'open' && (
        <ButtonLink to="/signup" kind="primary" className="max-sm:hidden">
          {t('signUp')}
        </ButtonLink>
      )}
    </>
  )
}

const PublicFooter = () => {
  const { t } = useTranslation()
  const { version } = useSession()
  return (
    <footer className="border-t border-line text-sm text-muted print:hidden">
      <div className="mx-auto flex max-w-7xl flex-wrap gap-x-6 gap-y-2 px-4 py-4 sm:px-6">
        <span>Tollgate {version}</span>
        <a className="link" href="/docs/api">
          {t('nav.reference')}
        </a>
        <a className="link" href="/llms.txt">
          llms.txt
        </a>
      </div>
    </footer>
  )
}

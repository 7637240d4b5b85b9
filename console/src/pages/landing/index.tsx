import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { FirstRequest } from './first-request.tsx'
import { useValues } from './values.ts'

const FACTS = ['formats', 'receipts', 'losses', 'limits'] as const

const CLIENTS = [
  ['claude-code', 'Claude Code'],
  ['codex', 'Codex'],
  ['cursor', 'Cursor'],
  ['cline', 'Cline'],
  ['opencode', 'opencode'],
  ['gemini-cli', 'Gemini CLI'],
  ['zed', 'Zed'],
] as const

/** What this is, in a screen, and a request to try it with. */
export default function LandingPage() {
  const { t } = useTranslation('landing')
  return (
    <div className="flex flex-col gap-10 py-4">
      <title>{`${t('title')} · Tollgate`}</title>
      <div className="grid items-start gap-8 lg:grid-cols-2">
        <div className="flex flex-col gap-4">
          <h1 className="text-3xl">{t('title')}</h1>
          <p className="max-w-prose text-lg text-muted">{t('text')}</p>
          <Addresses />
          <div className="flex flex-wrap gap-2">
            <WayIn />
            <ButtonLink to="/docs/quick-start">{t('quickStart')}</ButtonLink>
            <ButtonLink to="/models" kind="quiet">
              {t('models')}
            </ButtonLink>
          </div>
        </div>
        <FirstRequest />
      </div>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {FACTS.map((fact) => (
          <Card key={fact} title={t(`fact.${fact}.title`)}>
            <p className="text-muted">{t(`fact.${fact}.text`)}</p>
            <TextLink to={`/docs/${PAGES[fact]}`}>{t(`fact.${fact}.more`)}</TextLink>
          </Card>
        ))}
      </div>
      <section>
        <h2 className="mb-2">{t('clients')}</h2>
        <ul className="flex flex-wrap gap-x-5 gap-y-1">
          {CLIENTS.map(([slug, name]) => (
            <li key={slug}>
              <TextLink to={`/docs/clients/${slug}`}>{name}</TextLink>
            </li>
          ))}
          <li>
            <TextLink to="/docs/clients">{t('allClients')}</TextLink>
          </li>
        </ul>
      </section>
    </div>
  )
}

const PAGES: Readonly<Record<(typeof FACTS)[number], string>> = {
  formats: 'addresses-and-keys',
  receipts: 'billing',
  losses: 'routing',
  limits: 'limits',
}

/** The next step of whoever looks: to the console, to sign up, or to sign in. */
const WayIn = () => {
  const { t } = useTranslation('landing')
  const { isSignedIn, person, sign_up } = useSession()
  if (isSignedIn)
    return (
      <ButtonLink to={person ? '/console' : '/admin'} kind="primary">
        {t('toConsole')}
      </ButtonLink>
    )
  if (sign_up === 'open')
    return (
      <ButtonLink to="/signup" kind="primary">
        {t('common:signUp')}
      </ButtonLink>
    )
  return (
    <ButtonLink to="/login" kind="primary">
      {t('common:signIn')}
    </ButtonLink>
  )
}

/** What to put into a client. */
const Addresses = () => {
  const { t } = useTranslation('landing')
  const { baseUrl } = useValues()
  const rows = [
    [t('address.openai'), `${baseUrl}/v1`],
    [t('address.others'), baseUrl],
  ] as const
  return (
    <dl className="flex flex-col gap-2">
      {rows.map(([label, address]) => (
        <div key={label}>
          <dt className="text-sm text-muted">{label}</dt>
          <dd className="flex items-center gap-1 rounded-md border border-line bg-surface pl-3">
            <code className="min-w-0 flex-1 break-all select-all">{address}</code>
            <CopyButton text={address} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

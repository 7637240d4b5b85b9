import { useNavigate } from '@tanstack/react-router'
import { CircleUser } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import { Menu, MenuAction, MenuChoices, MenuLink, MenuSeparator, MenuTitle } from '../../ui/menu.tsx'
import { rememberKey } from '../fresh-key.ts'
import { useSession } from '../session.tsx'

/** Who is signed in, for which organisation, and the way out. */
export const AccountMenu = () => {
  const { t } = useTranslation()
  const { person, operator, organisations, organisation, chooseOrganisation, isAdministrator } = useSession()
  const signOut = useSignOut()
  const name = person ? person.email : t(operator ? 'account.operator' : 'account.nobody')
  return (
    <Menu label={t('account.menu')} icon={CircleUser}>
      <MenuTitle>{name}</MenuTitle>
      {organisations.length > 1 && organisation && (
        <>
          <MenuSeparator />
          <MenuTitle>{t('account.organisations')}</MenuTitle>
          <MenuChoices
            value={organisation.id}
            options={organisations.map(({ id, name: label }) => ({ value: id, label }))}
            onChange={chooseOrganisation}
          />
        </>
      )}
      <MenuSeparator />
      {organisation && <MenuLink to="/console">{t('nav.console')}</MenuLink>}
      {person && <MenuLink to="/console/settings">{t('nav.settings')}</MenuLink>}
      {isAdministrator && <MenuLink to="/admin">{t('nav.admin')}</MenuLink>}
      <MenuLink to="/docs">{t('nav.docs')}</MenuLink>
      <MenuSeparator />
      <MenuAction onSelect={() => void signOut()}>{t('signOut')}</MenuAction>
    </Menu>
  )
}

/** Ends the session, of a person or of the admin key, and goes to the front page. A key kept in this tab was theirs. */
const useSignOut = (): (() => Promise<void>) => {
  const { refresh } = useSession()
  const navigate = useNavigate()
  return async () => {
    await call('delete', '/api/session')
    rememberKey('')
    await navigate({ to: '/' })
    await refresh()
  }
}

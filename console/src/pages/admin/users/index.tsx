import { Plus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFilters } from '../../../app/navigate.ts'
import { Button } from '../../../ui/button.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { AccountList } from './account-list.tsx'
import { CreateUser } from './create-user.tsx'
import { InvitePerson } from './invite-person.tsx'
import { People } from './people.tsx'

/** Whom this server knows: accounts, which have the money and the keys, and the people who sign in and act for them. */
export default function UsersPage() {
  const { t } = useTranslation('admin-users')
  const [{ tab }, change] = useFilters(['tab', 'q'])
  const [isOpen, setOpen] = useState(false)
  const isPeople = tab === 'people'
  const close = (): void => setOpen(false)
  const create = (
    <Button kind="primary" icon={isPeople ? UserPlus : Plus} onClick={() => setOpen(true)}>
      {t(isPeople ? 'invite.title' : 'create.title')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={create} />
      <Tabs
        label={t('title')}
        value={isPeople ? 'people' : 'accounts'}
        onChange={(chosen) => change({ tab: chosen === 'people' ? chosen : '', q: '' })}
        tabs={[
          { value: 'accounts', label: t('tab.accounts'), content: <AccountList create={create} /> },
          { value: 'people', label: t('tab.people'), content: <People /> },
        ]}
      />
      <CreateUser isOpen={isOpen && !isPeople} onClose={close} />
      <InvitePerson isOpen={isOpen && isPeople} onClose={close} />
    </>
  )
}

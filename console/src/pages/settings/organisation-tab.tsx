import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { type Organisation, useSession } from '../../app/session.tsx'
import { Notice } from '../../ui/badge.tsx'
import { Card, Fact, Facts } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { toast } from '../../ui/toast.tsx'
import { Invitations } from './invitations.tsx'
import { Leaving } from './leaving.tsx'
import { Members } from './members.tsx'
import { NameForm } from './name-form.tsx'
import { Organisations } from './organisations.tsx'

/** The organisation that the console shows: what it is called, who acts for it, and the ways out. */
export const OrganisationTab = () => {
  const { t } = useTranslation('settings')
  const { organisation } = useSession()
  return (
    <div className="flex flex-col gap-4">
      {organisation ? (
        <>
          <Named organisation={organisation} />
          <Members organisation={organisation} />
          <Invitations organisation={organisation} />
        </>
      ) : (
        <Notice tone="neutral">{t('organisations.none')}</Notice>
      )}
      <Organisations />
      {organisation && <Leaving organisation={organisation} />}
    </div>
  )
}

const Named = ({ organisation }: { readonly organisation: Organisation }) => {
  const { t } = useTranslation('settings')
  const { may, refresh } = useSession()
  const rename = useCall('patch', '/api/organisations/{id}', {
    changes: ['/api/organisations'],
    onSuccess: () => {
      toast(t('organisation.saved'))
      void refresh()
    },
  })
  return (
    <Card title={t('organisation.title')}>
      <div className="flex flex-col gap-4">
        <NameForm
          label={t('person.name')}
          name={organisation.name}
          isDisabled={!may('organisation')}
          isPending={rename.isPending}
          error={rename.error}
          onSave={(name) => rename.mutate({ path: { id: organisation.id }, body: { name } })}
        />
        <PermissionNote permission="organisation" />
        <Facts>
          <Fact label={t('organisation.id')}>
            <span className="flex flex-wrap items-center gap-1">
              <code className="break-all">{organisation.id}</code>
              <CopyButton text={organisation.id} label={t('organisation.copyId')} />
            </span>
          </Fact>
          <Fact label={t('organisation.role')}>{t(`common:role.${organisation.role}`)}</Fact>
        </Facts>
      </div>
    </Card>
  )
}

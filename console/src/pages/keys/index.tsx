import { KeyRound, Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { useFilters } from '../../app/navigate.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { CreateKey } from './create-key.tsx'
import { KeyList } from './key-list.tsx'
import { EditProject } from './project-dialogs.tsx'
import { ProjectList } from './project-list.tsx'

/** Keys and the projects that gather them. */
export default function KeysPage() {
  const { t } = useTranslation('keys')
  const { may } = useSession()
  const [{ tab, new: begun }, change] = useFilters(['tab', 'new'])
  const [isCreating, setCreating] = useState(begun === '1')
  const [isMakingProject, setMakingProject] = useState(false)
  const groups = useGroups()
  const isProjects = tab === 'projects'
  const create = may('keys') && (
    <Button kind="primary" icon={Plus} onClick={() => (isProjects ? setMakingProject(true) : setCreating(true))}>
      {isProjects ? t('projects.create') : t('create.title')}
    </Button>
  )
  const closeCreation = (): void => {
    setCreating(false)
    if (begun !== '') change({ new: '' })
  }
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={create} />
      <div className="mb-3 empty:hidden">
        <PermissionNote permission="keys" />
      </div>
      <Tabs
        label={t('title')}
        value={isProjects ? 'projects' : 'keys'}
        onChange={(value) => change({ tab: value === 'keys' ? '' : value })}
        tabs={[
          { value: 'keys', label: t('tab.keys'), content: <KeyList empty={<NoKeys action={create} />} /> },
          { value: 'projects', label: t('tab.projects'), content: <ProjectList emptyAction={create} /> },
        ]}
      />
      <CreateKey isOpen={isCreating && may('keys')} onClose={closeCreation} groups={groups} />
      <EditProject subject={isMakingProject ? 'new' : undefined} onClose={() => setMakingProject(false)} />
    </>
  )
}

const NoKeys = ({ action }: { readonly action: ReactNode }) => {
  const { t } = useTranslation('keys')
  return <EmptyState icon={KeyRound} title={t('empty.title')} text={t('empty.text')} action={action} />
}

const NO_GROUPS: readonly string[] = []

/** The groups that keys may be made of. */
const useGroups = (): readonly string[] => {
  const groups = useApi('/api/me/groups')
  return groups.data?.data.map(({ id }) => id) ?? NO_GROUPS
}

import { EllipsisVertical, FolderKanban, Pencil, Trash2 } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { type UseTranslationResponse, useTranslation } from 'react-i18next'
import { useApi, useList } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'
import { nanoOf } from '../../format/money.ts'
import { Badge } from '../../ui/badge.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Menu, MenuAction } from '../../ui/menu.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Money, Time } from '../../ui/values.tsx'
import { Budgets } from './budgets.tsx'
import { EditProject, EndProject, type Project } from './project-dialogs.tsx'

type T = UseTranslationResponse<'keys', undefined>['t']

/** The projects of the organisation: keys that share budgets. */
export const ProjectList = ({ emptyAction }: { readonly emptyAction: ReactNode }) => {
  const { t } = useTranslation('keys')
  const { may } = useSession()
  const [edited, setEdited] = useState<Project>()
  const [ended, setEnded] = useState<Project>()
  const projects = useList('/api/me/projects', { query: { limit: 100 } })
  const usage = useApi('/api/me/usage', { query: { group_by: 'project_id' } })
  const mayChange = may('keys')
  const columns = useMemo(() => {
    const spent = usage.data && new Map(usage.data.data.map((row) => [row.project_id ?? '', row.cost_usd]))
    return columnsOf(t, spent, mayChange, setEdited, setEnded)
  }, [t, usage.data, mayChange])
  return (
    <>
      <DataTable
        label={t('projects.title')}
        columns={columns}
        rows={projects.rows}
        rowKey={({ id }) => id}
        source={projects}
        hasFixedColumns
        empty={
          <EmptyState
            icon={FolderKanban}
            title={t('projects.emptyTitle')}
            text={t('projects.text')}
            action={emptyAction}
          />
        }
      />
      <EditProject subject={edited} onClose={() => setEdited(undefined)} />
      <EndProject subject={ended} onClose={() => setEnded(undefined)} />
    </>
  )
}

const columnsOf = (
  t: T,
  spent: ReadonlyMap<string, string> | undefined,
  mayChange: boolean,
  edit: (project: Project) => void,
  end: (project: Project) => void,
): readonly Column<Project>[] => [
  {
    id: 'name',
    header: t('column.name'),
    isRowHeader: true,
    sortBy: ({ name }) => name,
    cell: ({ id, name }) => (
      <TextLink to="/console/usage" search={{ project: id }} className="break-words">
        {name}
      </TextLink>
    ),
  },
  {
    id: 'state',
    header: t('column.state'),
    cell: ({ archived_at: at }) => (
      <Badge tone={at === null ? 'good' : 'neutral'}>{t(at === null ? 'state.active' : 'state.ended')}</Badge>
    ),
  },
  { id: 'budget', header: t('column.budget'), cell: (project) => <Budgets of={project} /> },
  {
    id: 'spent',
    header: t('column.spent'),
    align: 'end',
    sortBy: ({ id }) => nanoOf(spent?.get(id) ?? '0'),
    cell: ({ id }) => <Money amount={spent === undefined ? undefined : (spent.get(id) ?? '0')} isShort />,
  },
  {
    id: 'created',
    header: t('column.created'),
    from: 'md',
    sortBy: ({ created_at: at }) => at,
    cell: ({ created_at: at }) => <Time at={at} style="day" />,
  },
  ...(mayChange ? [actionsColumn(t, edit, end)] : []),
]

const actionsColumn = (t: T, edit: (project: Project) => void, end: (project: Project) => void): Column<Project> => ({
  id: 'actions',
  header: t('column.actions'),
  align: 'end',
  cell: (project) =>
    project.archived_at === null && project.user_id !== null ? (
      <Menu label={t('actionsFor', { name: project.name })} icon={EllipsisVertical}>
        <MenuAction icon={Pencil} onSelect={() => edit(project)}>
          {t('edit.action')}
        </MenuAction>
        <MenuAction icon={Trash2} isDangerous onSelect={() => end(project)}>
          {t('projects.end')}
        </MenuAction>
      </Menu>
    ) : null,
})

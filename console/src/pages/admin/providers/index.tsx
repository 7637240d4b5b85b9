import { Plug, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProviders } from '../../../api/admin-lists.ts'
import { useFilters } from '../../../app/navigate.ts'
import { Button } from '../../../ui/button.tsx'
import { DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { EntryDialog } from '../../../ui/entry-dialog.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RemoveDialog } from '../../../ui/remove-dialog.tsx'
import { type Act, columnsOf } from './columns.tsx'
import { ProviderDetails } from './details.tsx'
import { KeyDialog } from './key-dialogs.tsx'
import type { ProviderKey } from './key-form.ts'
import { PauseProvider } from './pause-dialogs.tsx'
import { CHANGES, PROVIDER } from './provider-fields.tsx'
import { TestProvider } from './test-provider.tsx'
import { useHealth } from './use-health.ts'

interface Open {
  readonly act: Exclude<Act, 'details'> | 'add' | 'key-add' | 'key-edit' | 'key-remove'
  readonly id: string
  readonly key?: ProviderKey | undefined
}

/** The vendor accounts: what they are, how they are doing, and what can be done about it. */
export default function ProvidersPage() {
  const { t } = useTranslation('admin-providers')
  const [filters, change] = useFilters(['id'])
  const [open, setOpen] = useState<Open>()
  const providers = useProviders()
  const health = useHealth()
  const columns = useMemo(
    () => columnsOf(t, health, (act, { id }) => (act === 'details' ? change({ id }) : setOpen({ act, id }))),
    [t, health, change],
  )
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setOpen({ act: 'add', id: '' })}>
      {t('add.title')}
    </Button>
  )
  const shown = providers.rows.find(({ id }) => id === filters.id)
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={add} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={providers.rows}
        rowKey={({ id }) => id}
        source={providers}
        onOpen={({ id }) => change({ id })}
        empty={<EmptyState icon={Plug} title={t('empty.title')} text={t('empty.text')} action={add} />}
      />
      <ProviderDetails
        subject={shown}
        health={health.get(filters.id)}
        onClose={() => change({ id: '' })}
        onKey={(act, key) => setOpen({ act: `key-${act}`, id: filters.id, key })}
      />
      <Dialogs open={open} setOpen={setOpen} rows={providers.rows} />
    </>
  )
}

interface DialogsProps {
  readonly open: Open | undefined
  readonly setOpen: (open: Open | undefined) => void
  readonly rows: ReturnType<typeof useProviders>['rows']
}

const Dialogs = ({ open, setOpen, rows }: DialogsProps) => {
  const { t } = useTranslation('admin-providers')
  const close = (): void => setOpen(undefined)
  const idOf = (act: Open['act']): string | undefined => (open?.act === act ? open.id : undefined)
  const subjectOf = (act: Open['act']) => rows.find(({ id }) => id === idOf(act))
  const removed = idOf('remove')
  const gone = idOf('key-remove')
  return (
    <>
      <EntryDialog
        kind={PROVIDER}
        subject={open?.act === 'add' ? 'new' : subjectOf('edit')}
        onClose={close}
        onAdded={(id) => setOpen({ act: 'test', id })}
      />
      <TestProvider id={idOf('test')} onClose={close} />
      <PauseProvider act="pause" subject={subjectOf('pause')} onClose={close} />
      <PauseProvider act="resume" subject={subjectOf('resume')} onClose={close} />
      <KeyDialog
        provider={idOf('key-add') ?? idOf('key-edit')}
        subject={open?.act === 'key-edit' ? open.key : undefined}
        onClose={close}
      />
      <RemoveDialog
        subject={removed === undefined ? undefined : { id: removed }}
        onClose={close}
        path="/api/admin/providers/{id}"
        changes={CHANGES}
        title={t('remove.title', { name: removed ?? '' })}
        text={t('remove.text')}
        action={t('remove.action')}
        done={t('remove.done')}
      />
      <RemoveDialog
        subject={gone === undefined ? undefined : { id: gone, keyId: open?.key?.id ?? '' }}
        onClose={close}
        path="/api/admin/providers/{id}/keys/{keyId}"
        changes={CHANGES}
        title={t('key.removeTitle', { name: open?.key?.id ?? '' })}
        text={t('key.removeText')}
        action={t('key.remove')}
        done={t('key.removed')}
      />
    </>
  )
}

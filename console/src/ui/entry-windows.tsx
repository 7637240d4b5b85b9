import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { type Entry, EntryDialog, type EntryKind } from './entry-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'

interface Open<Subject> {
  readonly act: 'edit' | 'remove'
  readonly subject: Subject | 'new'
}

/**
 * What a page of entries opens: a button that adds one, and windows that make, change and remove one. The page places
 * `add` and `windows`, and calls `open` from its rows.
 */
export const useEntryWindows = <Subject extends Entry, Draft extends { readonly id: string }>(
  kind: EntryKind<Subject, Draft>,
) => {
  const { t } = useTranslation(kind.namespace)
  const [open, setOpen] = useState<Open<Subject>>()
  const close = (): void => setOpen(undefined)
  const gone = open?.act === 'remove' && open.subject !== 'new' ? open.subject.id : undefined
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setOpen({ act: 'edit', subject: 'new' })}>
      {t('add.title')}
    </Button>
  )
  const windows = (
    <>
      <EntryDialog kind={kind} subject={open?.act === 'edit' ? open.subject : undefined} onClose={close} />
      <RemoveDialog
        subject={gone === undefined ? undefined : { id: gone }}
        onClose={close}
        path={`${kind.path}/{id}`}
        changes={kind.changes}
        title={t('remove.title', { name: gone ?? '' })}
        text={t('remove.text')}
        action={t('remove.action')}
        done={t('remove.done')}
      />
    </>
  )
  return { add, windows, open: setOpen }
}

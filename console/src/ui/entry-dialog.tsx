import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../api/hooks.ts'
import { Dialog } from './dialog.tsx'
import { changed, type Faults, given } from './draft.ts'
import { Field } from './field.tsx'
import { Form } from './form.tsx'
import { Input } from './input.tsx'
import type { Source } from './source.tsx'
import { toast } from './toast.tsx'
import { useDraft } from './use-draft.ts'

/** An entry of the configuration as the control plane lists it. */
export interface Entry {
  readonly id: string
  readonly source: Source
  readonly version: number | null
}

export interface FieldsProps<Draft> {
  readonly draft: Draft
  readonly onChange: (changes: Partial<Draft>) => void
  readonly errorOf: (field: string) => string | undefined
  /** It is being made, and not changed. */
  readonly isNew: boolean
}

/** A kind of entry: its calls, and its form. Texts are in its own namespace, under `add`, `edit` and `id`. */
export interface EntryKind<Subject extends Entry, Draft extends { readonly id: string }> {
  readonly namespace: string
  /** As `/api/admin/groups`. */
  readonly path: string
  /** Beginnings of the paths whose answers are other ones after a change. */
  readonly changes: readonly string[]
  readonly empty: Draft
  readonly draftOf: (subject: Subject) => Draft
  readonly faultsOf: (draft: Draft) => Faults
  /** What a draft is in a request; `null`: nothing entered. */
  readonly fieldsOf: (draft: Draft) => Readonly<Record<string, unknown>>
  /** What is said besides of one that is made, and cannot be changed with the rest. */
  readonly firstOf?: (draft: Draft) => Readonly<Record<string, unknown>>
  /** Fields that are sections of their own, of which what was not entered is left out as well. */
  readonly sections?: readonly string[]
  readonly Fields: (props: FieldsProps<Draft>) => ReactNode
}

interface EntryDialogProps<Subject extends Entry, Draft extends { readonly id: string }> {
  readonly kind: EntryKind<Subject, Draft>
  /** `new`: to be made; one that is there by itself: another of its name. */
  readonly subject: Subject | 'new' | undefined
  readonly onClose: () => void
  /** Once one is made, in place of closing: what comes next. */
  readonly onAdded?: ((id: string) => void) | undefined
}

/** Makes an entry, or changes one. */
export const EntryDialog = <Subject extends Entry, Draft extends { readonly id: string }>({
  kind,
  subject,
  onClose,
  onAdded = onClose,
}: EntryDialogProps<Subject, Draft>) => {
  const { t } = useTranslation(kind.namespace)
  const title = subject === 'new' ? t('add.title') : t('edit.title', { name: subject?.id ?? '' })
  // What is to be known before one is made; most kinds need no words for it.
  const text = subject === 'new' ? t('add.text', '') : ''
  return (
    <Dialog isOpen={subject !== undefined} onClose={onClose} title={title} description={text || undefined}>
      {subject !== undefined &&
        (subject !== 'new' && subject.source === 'api' ? (
          <Edit kind={kind} subject={subject} onClose={onClose} />
        ) : (
          <Add
            kind={kind}
            start={subject === 'new' ? kind.empty : kind.draftOf(subject)}
            onClose={onClose}
            onAdded={onAdded}
          />
        ))}
    </Dialog>
  )
}

interface AddProps<Subject extends Entry, Draft extends { readonly id: string }> {
  readonly kind: EntryKind<Subject, Draft>
  readonly start: Draft
  readonly onClose: () => void
  readonly onAdded: (id: string) => void
}

const Add = <Subject extends Entry, Draft extends { readonly id: string }>({
  kind: { namespace, path, changes, faultsOf, fieldsOf, firstOf, sections = [], Fields },
  start,
  onClose,
  onAdded,
}: AddProps<Subject, Draft>) => {
  const { t } = useTranslation(namespace)
  const add = useCall<{ readonly id: string }, 'post'>('post', path, {
    changes,
    onSuccess: ({ id }) => finish(t('add.done'), () => onAdded(id)),
  })
  const { draft, change, errorOf, check } = useDraft(start, faultsOf, add.error)
  const submit = (): void => {
    if (!check()) return
    const fields = fieldsOf(draft)
    const inside = sections.map((name) => [name, given((fields[name] ?? {}) as Record<string, unknown>)])
    add.mutate({ body: { id: draft.id.trim(), ...given(fields), ...Object.fromEntries(inside), ...firstOf?.(draft) } })
  }
  const changeId = (id: string): void => change({ id } as Partial<Draft>)
  return (
    <Form onSubmit={submit} onCancel={onClose} action={t('add.action')} isPending={add.isPending} error={add.error}>
      {start.id === '' && (
        <Field label={t('id.label')} hint={t('id.hint')} error={errorOf('id')} required>
          <Input
            value={draft.id}
            maxLength={64}
            spellCheck={false}
            onChange={(event) => changeId(event.target.value)}
          />
        </Field>
      )}
      <Fields draft={draft} onChange={change} errorOf={errorOf} isNew />
    </Form>
  )
}

interface EditProps<Subject extends Entry, Draft extends { readonly id: string }> {
  readonly kind: EntryKind<Subject, Draft>
  readonly subject: Subject
  readonly onClose: () => void
}

const Edit = <Subject extends Entry, Draft extends { readonly id: string }>({
  kind: { namespace, path, changes, draftOf, faultsOf, fieldsOf, Fields },
  subject,
  onClose,
}: EditProps<Subject, Draft>) => {
  const { t } = useTranslation(namespace)
  const save = useCall<unknown, 'patch'>('patch', `${path}/{id}`, {
    changes,
    onSuccess: () => finish(t('edit.done'), onClose),
  })
  const { draft, change, errorOf, check } = useDraft(draftOf(subject), faultsOf, save.error)
  const submit = (): void => {
    if (!check()) return
    const body = changed(fieldsOf(draftOf(subject)), fieldsOf(draft))
    if (Object.keys(body).length === 0) onClose()
    else save.mutate({ path: { id: subject.id }, body: { ...body, version: subject.version ?? undefined } })
  }
  return (
    <Form onSubmit={submit} onCancel={onClose} isPending={save.isPending} error={save.error}>
      <Fields draft={draft} onChange={change} errorOf={errorOf} isNew={false} />
    </Form>
  )
}

const finish = (done: string, onClose: () => void): void => {
  toast(done)
  onClose()
}

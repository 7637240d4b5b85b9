import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useModelIds } from '../../../api/admin-lists.ts'
import { useCall } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Badge, Notice } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Combobox } from '../../../ui/combobox.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Duration } from '../../../ui/values.tsx'

/** Asks the vendor something small with each key, and says what it made of each. */
export const TestProvider = ({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-providers')
  return (
    <Dialog isOpen={id !== undefined} onClose={onClose} title={t('test.title', { name: id ?? '' })}>
      {id !== undefined && <Test id={id} onClose={onClose} />}
    </Dialog>
  )
}

const Test = ({ id, onClose }: { readonly id: string; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-providers')
  const [model, setModel] = useState('')
  const models = useModelIds()
  const test = useCall('post', '/api/admin/providers/{id}/test', { changes: ['/api/admin/health'] })
  return (
    <div className="flex flex-col gap-4 pb-2">
      <p>{t('test.text')}</p>
      <Field label={t('test.model')} hint={t('test.modelHint')}>
        <Combobox
          value={model}
          options={models.map((value) => ({ value, label: value }))}
          onChange={setModel}
          allowsOther
          placeholder={t('test.noModel')}
        />
      </Field>
      <div role="status" className="flex flex-col gap-2">
        {test.data?.keys.length === 0 && <Notice tone="warn">{t('test.noKey')}</Notice>}
        <Results keys={test.data?.keys ?? []} />
      </div>
      <ErrorNote error={test.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('common:close')}</Button>
        <Button
          kind="primary"
          icon={FlaskConical}
          isPending={test.isPending}
          onClick={() => test.mutate({ path: { id }, body: model === '' ? {} : { model } })}
        >
          {test.data ? t('test.again') : t('test.action')}
        </Button>
      </div>
    </div>
  )
}

const Results = ({ keys }: { readonly keys: Schema<'ProviderTest'>['keys'] }) => {
  const { t } = useTranslation('admin-providers')
  return (
    <ul className="flex flex-col gap-2">
      {keys.map((key) => (
        <li key={key.id} className="rounded-lg border border-line px-3 py-2">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <Badge tone={key.ok ? 'good' : 'danger'}>{key.ok ? t('test.works') : t('test.fails')}</Badge>
            <span className="font-medium break-all">{key.id === '' ? t('test.keyless') : key.id}</span>
            <span className="text-sm text-muted">
              {key.status === null ? t('test.noAnswer') : t('test.status', { status: key.status })} ·{' '}
              <Duration ms={key.latency_ms} />
            </span>
          </p>
          {key.error !== null && <p className="mt-1 break-words text-danger">{key.error}</p>}
        </li>
      ))}
    </ul>
  )
}

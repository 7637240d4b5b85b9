import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { rememberKey } from '../../app/fresh-key.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'

/** A key with nothing but a name; everything else can be set on the page of keys. */
export const FirstKey = ({ onSecret }: { readonly onSecret: (secret: string) => void }) => {
  const { t } = useTranslation('home')
  const [name, setName] = useState(t('first.keyName'))
  const create = useCall('post', '/api/me/keys', {
    changes: ['/api/me/keys'],
    onSuccess: ({ key }) => {
      rememberKey(key)
      onSecret(key)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (name.trim() !== '') create.mutate({ body: { name: name.trim() } })
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-0 flex-1 basis-48">
          <Field label={t('first.nameLabel')}>
            <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
          </Field>
        </div>
        <Button kind="primary" type="submit" disabled={name.trim() === ''} isPending={create.isPending}>
          {t('first.makeKey')}
        </Button>
      </div>
      <ErrorNote error={create.error} />
    </form>
  )
}

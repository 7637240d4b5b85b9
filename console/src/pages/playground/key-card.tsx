import { KeyRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useCall } from '../../api/hooks.ts'
import { rememberKey, useFreshKey } from '../../app/fresh-key.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Input, Select } from '../../ui/input.tsx'
import { Money, Time } from '../../ui/values.tsx'
import { store, useBench } from './store.ts'

/** What a key that is made here may cost, and for how long. */
const BUDGET_USD = '1.00'
const VALID_MS = 86_400_000
const KEYS_MAX = 200

/** The key that requests are sent with: pasted, or made for this page. It is kept in memory, and nowhere else. */
export const KeyCard = () => {
  const { t } = useTranslation('playground')
  const key = useFreshKey()
  if (key !== '') return <KnownKey secret={key} />
  return (
    <Card title={t('key.title')} description={t('key.text')}>
      <div className="grid gap-x-6 gap-y-4 md:grid-cols-2">
        <MakeKey />
        <PasteKey />
      </div>
    </Card>
  )
}

const PasteKey = () => {
  const { t } = useTranslation('playground')
  const [secret, setSecret] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    rememberKey(secret.trim())
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col items-start gap-2">
      <div className="w-full">
        <Field label={t('key.paste')} hint={t('key.pasteHint')}>
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        </Field>
      </div>
      <Button type="submit" disabled={secret.trim() === ''}>
        {t('key.use')}
      </Button>
    </form>
  )
}

const MakeKey = () => {
  const { t } = useTranslation('playground')
  const { may } = useSession()
  const groups = useApi('/api/me/groups', { enabled: may('keys') }).data?.data ?? []
  const [group, setGroup] = useState('')
  const create = useCall('post', '/api/me/keys', {
    changes: ['/api/me/keys'],
    onSuccess: ({ id, key }) => {
      store.change({ madeKeyId: id })
      rememberKey(key)
    },
  })
  const make = (): void =>
    create.mutate({
      body: {
        name: t('key.name'),
        budget_usd: BUDGET_USD,
        expires_at: new Date(Date.now() + VALID_MS).toISOString(),
        scopes: ['generate', 'receipts'],
        ...(group === '' ? {} : { group }),
      },
    })
  if (!may('keys')) return <PermissionNote permission="keys" />
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="text-sm">
        {t('key.makeText')} <Money amount={BUDGET_USD} />
      </p>
      {groups.length > 1 && (
        <div className="w-full max-w-xs">
          <Field label={t('key.group')}>
            <Select
              value={group}
              options={[
                { value: '', label: 'default' },
                ...groups.filter(({ id }) => id !== 'default').map(({ id }) => ({ value: id, label: id })),
              ]}
              onChange={(event) => setGroup(event.target.value)}
            />
          </Field>
        </div>
      )}
      <Button kind="primary" icon={KeyRound} onClick={make} isPending={create.isPending}>
        {t('key.make')}
      </Button>
      <ErrorNote error={create.error} />
    </div>
  )
}

/** Which key it is, as far as it can be told. */
const KnownKey = ({ secret }: { readonly secret: string }) => {
  const { t } = useTranslation('playground')
  const { madeKeyId } = useBench()
  const listed = useApi('/api/me/keys', { query: { limit: KEYS_MAX } }).data
  const known = listed?.data.find(({ prefix }) => secret.startsWith(prefix))
  const isMade = known !== undefined && known.id === madeKeyId
  const revoke = useCall('delete', '/api/me/keys/{id}', { changes: ['/api/me/keys'] })
  const forget = (): void => {
    if (isMade) revoke.mutate({ path: { id: known.id } })
    store.change({ madeKeyId: undefined })
    rememberKey('')
  }
  return (
    <section
      aria-label={t('key.title')}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-4 py-2"
    >
      <KeyRound aria-hidden className="size-4 shrink-0 text-muted" />
      <p className="flex min-w-0 flex-1 flex-wrap gap-x-3">
        <span className="break-words">{known ? known.name : t('key.unnamed')}</span>
        <code className="text-muted">{known?.prefix ?? secret.slice(0, 9)}…</code>
        {known?.expires_at && (
          <span className="text-muted">
            {t('key.until')} <Time at={known.expires_at} />
          </span>
        )}
        {listed && !known && listed.next_cursor === null && <span className="text-warn">{t('key.foreign')}</span>}
      </p>
      <Button kind="quiet" onClick={forget}>
        {t(isMade ? 'key.revoke' : 'key.forget')}
      </Button>
    </section>
  )
}

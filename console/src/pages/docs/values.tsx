import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { rememberKey, useFreshKey } from '../../app/fresh-key.ts'
import { useSession } from '../../app/session.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { TextLink } from '../../ui/text-link.tsx'

interface ServedModel {
  readonly id: string
  readonly type: string
  readonly aliases: readonly string[]
}

export interface ValuesProps {
  readonly baseUrl: string
  readonly model: string
  readonly onModel: (model: string) => void
}

/** What examples are filled in with: shown, and chosen by the reader. The key stays in this tab's memory. */
export const ValuesPanel = ({ baseUrl, model, onModel }: ValuesProps) => {
  const { t } = useTranslation('docs')
  const key = useFreshKey()
  const { data } = useApi<{ readonly data: readonly ServedModel[] }>('/api/public/models')
  const options = useMemo(
    () =>
      (data?.data ?? [])
        .filter(({ type }) => type === 'chat')
        .flatMap(({ id, aliases }) => [id, ...aliases].map((name) => ({ value: name, label: name }))),
    [data],
  )
  return (
    <details className="rounded-lg border border-line bg-surface px-4 py-2 print:hidden">
      <summary className="touch py-1 font-medium">
        {t(key === '' ? 'values.titleNoKey' : 'values.title', { model })}
      </summary>
      <div className="grid gap-3 py-3 sm:grid-cols-2">
        <Field label={t('values.baseUrl')}>
          <Input value={baseUrl} readOnly />
        </Field>
        <Field label={t('values.model')}>
          <Combobox value={model} options={options} onChange={onModel} allowsOther />
        </Field>
        <Field label={t('values.key')} hint={t('values.keyHint')}>
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={key}
            onChange={(event) => rememberKey(event.target.value.trim())}
            placeholder="sk-tg-…"
          />
        </Field>
        <YourKeys />
      </div>
    </details>
  )
}

interface OwnKey {
  readonly id: string
  readonly name: string
  readonly prefix?: string
  readonly status?: string
}

/** Keys by their names: whoever has several sees which one to look for. The secrets are known to nobody. */
const YourKeys = () => {
  const { t } = useTranslation('docs')
  const { person } = useSession()
  const keys = useApi<{ readonly data: readonly OwnKey[] }>('/api/me/keys', {
    query: { limit: 5 },
    enabled: person !== null,
  })
  if (!person)
    return (
      <p className="self-end text-sm text-muted">
        <TextLink to="/login">{t('values.signIn')}</TextLink> {t('values.signInWhy')}
      </p>
    )
  const rows = keys.data?.data ?? []
  return (
    <div className="text-sm text-muted">
      <p>{t(rows.length === 0 ? 'values.noKeys' : 'values.keys')}</p>
      <ul className="my-1">
        {rows.map(({ id, name, prefix }) => (
          <li key={id}>
            {name} {prefix !== undefined && <code>{prefix}…</code>}
          </li>
        ))}
      </ul>
      <TextLink to="/console/keys">{t('values.makeKey')}</TextLink>
    </div>
  )
}

import { useTranslation } from 'react-i18next'
import { countOrNull, type Faults, faultsIn, textOf } from './draft.ts'
import { Field, FieldGroup } from './field.tsx'
import { Input } from './input.tsx'

export const LIMITS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency'] as const
export type Limit = (typeof LIMITS)[number]
/** Limits as they stand in a form: text, empty where there is none. */
export type LimitDraft = Readonly<Record<Limit, string>>
type Known = Readonly<Partial<Record<Limit, number | null>>>

const each = <Value,>(made: (limit: Limit) => Value): Record<Limit, Value> => ({
  rpm: made('rpm'),
  tpm: made('tpm'),
  itpm: made('itpm'),
  otpm: made('otpm'),
  concurrency: made('concurrency'),
})

export const limitDraftOf = (known: Known = {}): LimitDraft => each((limit) => textOf(known[limit]))
export const limitsOf = (draft: LimitDraft): Readonly<Record<Limit, number | null>> =>
  each((limit) => countOrNull(draft[limit]))
export const limitFaultsOf = (draft: LimitDraft, prefix = ''): Faults =>
  faultsIn(Object.fromEntries(LIMITS.map((limit) => [`${prefix}${limit}`, ['count', draft[limit]] as const])))

export interface LimitFieldsProps {
  readonly legend: string
  readonly draft: LimitDraft
  readonly onChange: (draft: LimitDraft) => void
  readonly errorOf: (field: string) => string | undefined
  /** `limits.`, where they are a section of their own. */
  readonly prefix?: string
}

/** The most that may be asked of something. */
export const LimitFields = ({ legend, draft, onChange, errorOf, prefix = '' }: LimitFieldsProps) => {
  const { t } = useTranslation()
  return (
    <FieldGroup legend={legend}>
      <div className="grid gap-3 sm:grid-cols-2 md:grid-cols-3">
        {LIMITS.map((limit) => (
          <Field key={limit} label={t(`limit.${limit}`)} error={errorOf(`${prefix}${limit}`)}>
            <Input
              inputMode="numeric"
              placeholder={t('limit.none')}
              value={draft[limit]}
              onChange={(event) => onChange({ ...draft, [limit]: event.target.value })}
            />
          </Field>
        ))}
      </div>
    </FieldGroup>
  )
}

/** The limits there are, in a line. */
export const LimitList = ({ of }: { readonly of: Known }) => {
  const { t, i18n } = useTranslation()
  const set = LIMITS.filter((limit) => of[limit] !== null && of[limit] !== undefined)
  if (set.length === 0) return <span className="text-muted">{t('limit.none')}</span>
  return (
    <ul className="text-sm">
      {set.map((limit) => (
        <li key={limit}>
          {t(`limit.${limit}`)}: {(of[limit] ?? 0).toLocaleString(i18n.language)}
        </li>
      ))}
    </ul>
  )
}

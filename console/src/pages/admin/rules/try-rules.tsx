import { FlaskConical } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf as refusalIn } from '../../../api/error.ts'
import { useCall } from '../../../api/hooks.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { MOMENT, RequestFields } from './request-fields.tsx'
import type { Rule } from './rule-form.ts'
import { EMPTY_TRY, requestOf, type TryDraft, type TryFaults, tryFaultsOf } from './try-form.ts'
import { TriedResult } from './tried-result.tsx'

export interface TryDialogProps {
  readonly group: string | undefined
  readonly onClose: () => void
}

/** Tells which of the rules of a group counts for a request that is described. */
export const TryDialog = ({ group, onClose }: TryDialogProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <Dialog
      isOpen={group !== undefined}
      onClose={onClose}
      title={t('try.title', { name: group ?? '' })}
      description={t('try.text')}
      size="large"
    >
      {group !== undefined && (
        <div className="pb-3">
          <TryRules group={group} />
        </div>
      )}
    </Dialog>
  )
}

export interface TryRulesProps {
  readonly group: string
  /** Rules that are not saved; without: those that are. Nothing where they cannot be read, which is shown where they are. */
  readonly drafted?: () => readonly Rule[] | undefined
  /** How those are written: a result counts for nothing else. */
  readonly written?: string
}

/** What was tried last. */
interface Asked {
  readonly draft: TryDraft
  readonly written: string
  /** A date or time that was begun: the browser gives no text of it. */
  readonly isMomentOpen: boolean
  readonly areRulesFaulty: boolean
}

/** A request to describe, and what the rules make of it. Nothing is sent to anybody. */
export const TryRules = ({ group, drafted, written = '' }: TryRulesProps) => {
  const { t } = useTranslation('admin-rules')
  const [draft, setDraft] = useState(EMPTY_TRY)
  const [asked, setAsked] = useState<Asked>()
  const tried = useCall('post', '/api/admin/groups/{id}/rules/try')
  const isAsItWas = asked?.draft === draft && asked.written === written
  const faults = asked ? faultsIn(draft, asked) : {}
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    tried.reset()
    const rules = drafted?.()
    const next = {
      ...{ draft, written, isMomentOpen: isMomentOpenIn(event.currentTarget) },
      areRulesFaulty: drafted !== undefined && rules === undefined,
    }
    setAsked(next)
    if (next.areRulesFaulty || Object.keys(faultsIn(draft, next)).length > 0) return
    tried.mutate({ path: { id: group }, body: { request: requestOf(draft), ...(rules && { rules }) } })
  }
  return (
    <form noValidate aria-label={t('try.title', { name: group })} onSubmit={submit} className="flex flex-col gap-4">
      <RequestFields
        draft={draft}
        faults={faults}
        refusalOf={(field) => refusalIn(tried.error, `request.${field}`)}
        onChange={(changes) => setDraft({ ...draft, ...changes })}
      />
      <div>
        <Button type="submit" icon={FlaskConical} isPending={tried.isPending}>
          {t('try.action')}
        </Button>
      </div>
      <div role="alert" className="empty:hidden">
        {isAsItWas && asked.areRulesFaulty && <Notice tone="warn">{t('try.faulty')}</Notice>}
      </div>
      {isAsItWas && <ErrorNote error={tried.error} />}
      <div role="status">{isAsItWas && tried.data && <TriedResult tried={tried.data} />}</div>
    </form>
  )
}

/** What is wrong with the request; a moment that was begun stays one until it is whole, or tried again. */
const faultsIn = (draft: TryDraft, { isMomentOpen }: Asked): TryFaults => ({
  ...tryFaultsOf(draft),
  ...(isMomentOpen && draft.at === '' && { at: 'moment' }),
})

const isMomentOpenIn = (form: HTMLFormElement): boolean => {
  const field = form.elements.namedItem(MOMENT)
  return field instanceof HTMLInputElement && field.validity.badInput
}

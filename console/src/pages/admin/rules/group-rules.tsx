import { FileJson, FlaskConical, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { Menu, MenuAction, MenuSeparator, MenuTitle } from '../../../ui/menu.tsx'
import { isReadOnly, SourceBadge, SourceNote } from '../../../ui/source.tsx'
import { toast } from '../../../ui/toast.tsx'
import type { Edited } from './rule-dialog.tsx'
import { asWritten, draftOf, type Group } from './rule-form.ts'
import { type RuleAct, RuleList } from './rule-list.tsx'
import { TEMPLATES, type Template } from './templates.ts'
import { useSaveRules } from './use-save-rules.ts'

export interface GroupRulesProps {
  readonly group: Group
  readonly onEdit: (edited: Edited) => void
  readonly onEditAll: () => void
  readonly onTry: () => void
}

/** The rules of a group, and what can be done with them. */
export const GroupRules = ({ group, onEdit, onEditAll, onTry }: GroupRulesProps) => {
  const { t } = useTranslation('admin-rules')
  const { id, source } = group
  const rules = asWritten(group.rules ?? [])
  const isFixed = isReadOnly(source)
  const [removed, setRemoved] = useState<number>()
  const { error, isPending, reset, save } = useSaveRules(group, () => {
    toast(removed === undefined ? t('edit.done') : t('remove.done'))
    setRemoved(undefined)
  })
  const nameAt = (at: number): string => rules[at]?.name ?? t('unnamed', { number: at + 1 })
  const act = (what: RuleAct, at: number): void => {
    const rule = rules[at]
    // One after the other: the next is made of what the last one left.
    if (!rule || isPending) return
    reset()
    if (what === 'remove') setRemoved(at)
    else if (what === 'edit') onEdit({ group, at, start: draftOf(rule) })
    else if (what === 'copy') onEdit({ group, at: 'new', start: { ...draftOf(rule), name: '' } })
    else if (what === 'toggle') save(rules.with(at, { ...rule, enabled: rule.enabled === false }))
    else save(rules.toSpliced(at, 1).toSpliced(what === 'up' ? at - 1 : at + 1, 0, rule))
  }
  const actions = (
    <>
      <SourceBadge source={source} />
      {rules.length > 0 && (
        <Button icon={FlaskConical} onClick={onTry} aria-label={t('try.title', { name: id })}>
          {t('try.action')}
        </Button>
      )}
      {!isFixed && <AddMenu onAdd={(name) => onEdit({ group, at: 'new', start: TEMPLATES[name] })} />}
      {!isFixed && rules.length > 0 && (
        <Button icon={FileJson} onClick={onEditAll} aria-label={t('all.title', { name: id })}>
          {t('all.action')}
        </Button>
      )}
    </>
  )
  return (
    <Card title={id} description={t('count', { count: rules.length })} actions={actions}>
      <div className="flex flex-col gap-3">
        {isFixed && <SourceNote source={source} />}
        {rules.length === 0 && <p className="text-muted">{isFixed ? t('empty') : t('emptyAdd')}</p>}
        {removed === undefined && <ErrorNote error={error} />}
        <RuleList group={id} rules={rules} onAct={isFixed ? undefined : act} />
      </div>
      <ConfirmDialog
        isOpen={removed !== undefined}
        onClose={() => {
          reset()
          setRemoved(undefined)
        }}
        onConfirm={() => save(rules.filter((_, at) => at !== removed))}
        title={t('remove.title', { name: nameAt(removed ?? 0) })}
        text={t('remove.text')}
        action={t('remove.action')}
        isPending={isPending}
        error={error}
      />
    </Card>
  )
}

const NAMES = ['large', 'hours', 'client', 'parameters'] as const satisfies readonly Template[]

/** A rule from nothing, or from one that others found useful. */
const AddMenu = ({ onAdd }: { readonly onAdd: (template: Template) => void }) => {
  const { t } = useTranslation('admin-rules')
  return (
    <Menu label={t('add.menu')}>
      <MenuAction icon={Plus} onSelect={() => onAdd('blank')}>
        {t('template.blank')}
      </MenuAction>
      <MenuSeparator />
      <MenuTitle>{t('template.title')}</MenuTitle>
      {NAMES.map((name) => (
        <MenuAction key={name} onSelect={() => onAdd(name)}>
          {t(`template.${name}`)}
        </MenuAction>
      ))}
    </Menu>
  )
}

import { BellPlus, EllipsisVertical, KeyRound, Pencil, Plus, Send, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { Switch } from '../../../ui/choice.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-state.tsx'
import { Menu, MenuAction } from '../../../ui/menu.tsx'
import { RemoveDialog } from '../../../ui/remove-dialog.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Time } from '../../../ui/values.tsx'
import { CHANGES, CreateRule, EditRule, RotateSecret } from './rule-dialogs.tsx'
import { TestRule } from './test-rule.tsx'

type Rule = Schema<'Alert'>

type Act = 'edit' | 'test' | 'rotate' | 'remove'

/** The rules: what is told, and to whom. */
export const Rules = () => {
  const { t } = useTranslation('admin-alerts')
  const [isCreating, setCreating] = useState(false)
  const [open, setOpen] = useState<{ readonly act: Act; readonly rule: Rule }>()
  const rules = useList('/api/admin/alerts')
  const { mutate, ...enable } = useCall('patch', '/api/admin/alerts/{id}', {
    changes: CHANGES,
    onSuccess: ({ name, enabled }) => toast(t(enabled ? 'rules.turnedOn' : 'rules.turnedOff', { name })),
  })
  const columns = useMemo(
    () =>
      columnsOf(
        t,
        ({ id }, enabled) => mutate({ path: { id }, body: { enabled } }),
        (act, rule) => setOpen({ act, rule }),
      ),
    [t, mutate],
  )
  const ruleFor = (act: Act): Rule | undefined => (open?.act === act ? open.rule : undefined)
  const close = (): void => setOpen(undefined)
  const removed = ruleFor('remove')
  const create = (
    <Button kind="primary" icon={Plus} onClick={() => setCreating(true)}>
      {t('create.title')}
    </Button>
  )
  return (
    <div className="flex flex-col gap-3">
      <ErrorNote error={enable.error} />
      <DataTable
        label={t('rules.title')}
        columns={columns}
        rows={rules.rows}
        rowKey={({ id }) => id}
        source={rules}
        toolbar={rules.rows.length > 0 && create}
        empty={
          <EmptyState icon={BellPlus} title={t('rules.empty.title')} text={t('rules.empty.text')} action={create} />
        }
      />
      <CreateRule isOpen={isCreating} onClose={() => setCreating(false)} />
      <EditRule rule={ruleFor('edit')} onClose={close} />
      <TestRule rule={ruleFor('test')} onClose={close} />
      <RotateSecret rule={ruleFor('rotate')} onClose={close} />
      <RemoveDialog
        subject={removed && { id: removed.id }}
        onClose={close}
        path="/api/admin/alerts/{id}"
        changes={CHANGES}
        title={t('remove.title', { name: removed?.name ?? '' })}
        text={t('remove.text')}
        action={t('remove.action')}
        done={t('remove.done')}
      />
    </div>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const columnsOf = (
  t: Translate,
  onEnable: (rule: Rule, isOn: boolean) => void,
  onAct: (act: Act, rule: Rule) => void,
): readonly Column<Rule>[] => [
  { id: 'name', header: t('rules.name'), isRowHeader: true, sortBy: ({ name }) => name, cell: ({ name }) => name },
  { id: 'kind', header: t('rules.kind'), sortBy: ({ kind }) => kind, cell: ({ kind }) => t(`kinds.${kind}`, kind) },
  {
    id: 'condition',
    header: t('rules.condition'),
    from: 'md',
    cell: ({ condition }) => (
      <ul className="text-sm">
        {Object.entries(condition).map(([name, value]) => (
          <li key={name} className="break-all">{`${t(`condition.${name}`, name)}: ${value}`}</li>
        ))}
      </ul>
    ),
  },
  {
    id: 'to',
    header: t('rules.to'),
    from: 'md',
    cell: ({ webhook_url: webhook, emails }) => (
      <ul className="text-sm">
        {[...(webhook === null ? [] : [webhook]), ...emails].map((address) => (
          <li key={address} className="break-all">
            {address}
          </li>
        ))}
      </ul>
    ),
  },
  { id: 'created', header: t('rules.created'), isHidden: true, cell: ({ created_at: at }) => <Time at={at} /> },
  {
    id: 'enabled',
    header: t('rules.enabled'),
    cell: (rule) => (
      <Switch
        label={t('rules.enableOne', { name: rule.name })}
        hideLabel
        isOn={rule.enabled}
        onChange={(isOn) => onEnable(rule, isOn)}
      />
    ),
  },
  {
    id: 'actions',
    header: t('rules.actions'),
    align: 'end',
    cell: (rule) => (
      <Menu label={t('rules.actionsFor', { name: rule.name })} icon={EllipsisVertical}>
        <MenuAction icon={Pencil} onSelect={() => onAct('edit', rule)}>
          {t('edit.action')}
        </MenuAction>
        <MenuAction icon={Send} onSelect={() => onAct('test', rule)}>
          {t('test.menu')}
        </MenuAction>
        <MenuAction icon={KeyRound} disabled={rule.webhook_url === null} onSelect={() => onAct('rotate', rule)}>
          {t('rotate.action')}
        </MenuAction>
        <MenuAction icon={Trash2} isDangerous onSelect={() => onAct('remove', rule)}>
          {t('remove.action')}
        </MenuAction>
      </Menu>
    ),
  },
]

import { ArrowDown, ArrowUp, Copy, EllipsisVertical, Pencil, Power, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../../ui/badge.tsx'
import { Menu, MenuAction, MenuSeparator } from '../../../ui/menu.tsx'
import { useDays } from './choices.ts'
import type { Rule } from './rule-form.ts'
import { wordsOf } from './rule-words.ts'

export type RuleAct = 'edit' | 'copy' | 'toggle' | 'up' | 'down' | 'remove'

export interface RuleListProps {
  readonly group: string
  readonly rules: readonly Rule[]
  /** Nothing where the rules can only be looked at. */
  readonly onAct: ((act: RuleAct, at: number) => void) | undefined
}

/** The rules of a group in words, in the order in which they are tried. */
export const RuleList = ({ group, rules, onAct }: RuleListProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <ol aria-label={t('rulesOf', { name: group })} className="flex flex-col divide-y divide-line">
      {rules.map((rule, index) => (
        <RuleItem
          key={rule.name ?? `rule ${index}`}
          rule={rule}
          name={rule.name ?? t('unnamed', { number: index + 1 })}
          number={index + 1}
          isLast={index === rules.length - 1}
          onAct={onAct && ((act) => onAct(act, index))}
        />
      ))}
    </ol>
  )
}

interface RuleItemProps {
  readonly rule: Rule
  readonly name: string
  readonly number: number
  readonly isLast: boolean
  readonly onAct: ((act: RuleAct) => void) | undefined
}

const RuleItem = ({ rule, name, number, isLast, onAct }: RuleItemProps) => {
  const { t } = useTranslation('admin-rules')
  const days = useDays()
  const { when, does } = wordsOf(rule, t, (day) => days.find(({ value }) => value === day)?.label ?? day)
  const isOff = rule.enabled === false
  return (
    <li className="flex items-start gap-3 py-3 first:pt-0 last:pb-0">
      <span aria-hidden className="w-6 shrink-0 text-right text-muted tabular-nums">
        {number}.
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-2">
          <h3 className="min-w-0 font-semibold break-words">{name}</h3> {isOff && <Badge>{t('off')}</Badge>}
        </div>
        <dl className="mt-1 grid gap-x-3 gap-y-1 sm:grid-cols-[max-content_minmax(0,1fr)]">
          <dt className="text-sm text-muted sm:text-base">{t('words.when')}</dt>
          <dd className="min-w-0 wrap-anywhere">
            {when.length === 0 ? t('words.always') : when.map((words) => <p key={words}>{words}</p>)}
          </dd>
          <dt className="text-sm text-muted sm:text-base">{t('words.then')}</dt>
          <dd className="min-w-0 wrap-anywhere">
            {does.map((words) => (
              <p key={words}>{words}</p>
            ))}
          </dd>
        </dl>
      </div>
      {onAct && <RuleMenu name={name} isFirst={number === 1} isLast={isLast} isOff={isOff} onAct={onAct} />}
    </li>
  )
}

interface RuleMenuProps {
  readonly name: string
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly isOff: boolean
  readonly onAct: (act: RuleAct) => void
}

const RuleMenu = ({ name, isFirst, isLast, isOff, onAct }: RuleMenuProps) => {
  const { t } = useTranslation('admin-rules')
  return (
    <Menu label={t('actionsFor', { name })} icon={EllipsisVertical}>
      <MenuAction icon={Pencil} onSelect={() => onAct('edit')}>
        {t('edit.action')}
      </MenuAction>
      <MenuAction icon={Copy} onSelect={() => onAct('copy')}>
        {t('copy.action')}
      </MenuAction>
      <MenuAction icon={Power} onSelect={() => onAct('toggle')}>
        {isOff ? t('turn.on') : t('turn.off')}
      </MenuAction>
      <MenuAction icon={ArrowUp} disabled={isFirst} onSelect={() => onAct('up')}>
        {t('move.up')}
      </MenuAction>
      <MenuAction icon={ArrowDown} disabled={isLast} onSelect={() => onAct('down')}>
        {t('move.down')}
      </MenuAction>
      <MenuSeparator />
      <MenuAction icon={Trash2} isDangerous onSelect={() => onAct('remove')}>
        {t('remove.action')}
      </MenuAction>
    </Menu>
  )
}

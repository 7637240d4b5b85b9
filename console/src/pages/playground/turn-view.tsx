import { Pencil, RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { cx } from '../../ui/cx.ts'
import { Field } from '../../ui/field.tsx'
import { Textarea } from '../../ui/input.tsx'
import { type CallPart, jsonIn, type Part, reworded, type Turn, type UserTurn, wordsOf } from './conversation.ts'
import { Thumbnails } from './thumbnails.tsx'

export interface TurnActions {
  readonly onChange: (turn: Turn) => void
  /** With all that follows. */
  readonly onRemove: () => void
  /** Absent where there is no key to ask with. */
  readonly onAgain?: () => void
}

export interface TurnViewProps {
  readonly turn: Turn
  /** It is still being written. */
  readonly isLive?: boolean
  readonly actions?: TurnActions | undefined
}

/** One message: who says what, and what can be done with it. */
export const TurnView = ({ turn, isLive = false, actions }: TurnViewProps) => {
  const { t } = useTranslation('playground')
  const [isEdited, setEdited] = useState(false)
  const name = t(`role.${turn.role}`)
  return (
    <article
      aria-label={name}
      aria-busy={isLive || undefined}
      className={cx('rounded-lg border border-line p-3', turn.role !== 'assistant' && 'bg-raised')}
    >
      <div className="flex min-h-9 items-center gap-1">
        <h3 className="min-w-0 flex-1 text-sm text-muted">{name}</h3>
        {actions && !isEdited && (
          <>
            {turn.role !== 'tool' && (
              <IconButton label={t('turn.edit')} icon={Pencil} onClick={() => setEdited(true)} />
            )}
            {actions.onAgain && <IconButton label={t('turn.again')} icon={RotateCcw} onClick={actions.onAgain} />}
            <IconButton label={t('turn.remove')} icon={Trash2} onClick={actions.onRemove} />
          </>
        )}
      </div>
      {isEdited && actions && turn.role !== 'tool' ? (
        <EditTurn turn={turn} onDone={() => setEdited(false)} onChange={actions.onChange} />
      ) : (
        <Said turn={turn} isLive={isLive} />
      )}
    </article>
  )
}

const Said = ({ turn, isLive }: { readonly turn: Turn; readonly isLive: boolean }) => {
  if (turn.role === 'user') return <Asked turn={turn} />
  if (turn.role === 'tool')
    return (
      <div className="flex flex-col gap-2">
        {turn.results.map(({ callId, name, text }) => (
          <CodeBlock key={callId} title={name} code={text} />
        ))}
      </div>
    )
  return (
    <div className="flex flex-col gap-2">
      {turn.parts.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts are only ever added at the end.
        <PartView key={place} part={part} isLive={isLive} />
      ))}
    </div>
  )
}

const Words = ({ text }: { readonly text: string }) => <p className="whitespace-pre-wrap break-words">{text}</p>

const Asked = ({ turn }: { readonly turn: UserTurn }) => (
  <div className="flex flex-col gap-2">
    <Thumbnails images={turn.images} />
    {turn.text !== '' && <Words text={turn.text} />}
  </div>
)

const PartView = ({ part, isLive }: { readonly part: Part; readonly isLive: boolean }) => {
  const { t } = useTranslation('playground')
  if (part.kind === 'call') return <CallView call={part} isLive={isLive} />
  if (part.kind === 'text') return part.text === '' ? null : <Words text={part.text} />
  return (
    <details className="rounded-md border border-line px-3 py-1.5">
      <summary className="touch text-sm text-muted">{t(part.text === '' ? 'turn.sealed' : 'turn.thinking')}</summary>
      {part.text !== '' && (
        <div className="pt-1 text-sm text-muted">
          <Words text={part.text} />
        </div>
      )}
    </details>
  )
}

/** What a model wants to have called. Nothing is called by this page. */
const CallView = ({ call, isLive }: { readonly call: CallPart; readonly isLive: boolean }) => {
  const { t } = useTranslation('playground')
  const read = jsonIn(call.arguments)
  return (
    <div className="flex flex-col gap-1">
      <CodeBlock
        title={t('turn.calls', { name: call.name })}
        code={read === undefined ? call.arguments : JSON.stringify(read, null, 2)}
      />
      {read === undefined && !isLive && <p className="text-sm text-warn">{t('turn.brokenArguments')}</p>}
    </div>
  )
}

interface EditTurnProps {
  readonly turn: Exclude<Turn, { readonly role: 'tool' }>
  readonly onChange: (turn: Turn) => void
  readonly onDone: () => void
}

const EditTurn = ({ turn, onChange, onDone }: EditTurnProps) => {
  const { t } = useTranslation('playground')
  const [text, setText] = useState(turn.role === 'user' ? turn.text : wordsOf(turn))
  const save = (): void => {
    onChange(turn.role === 'user' ? { ...turn, text } : reworded(turn, text))
    onDone()
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label={t('turn.words')} hint={turn.role === 'assistant' ? t('turn.wordsHint') : undefined}>
        <Textarea autoFocus rows={5} value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" onClick={save}>
          {t('common:save')}
        </Button>
        <Button onClick={onDone}>{t('common:cancel')}</Button>
      </div>
    </div>
  )
}

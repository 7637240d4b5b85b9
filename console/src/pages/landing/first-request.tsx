import { Send } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rememberKey, useFreshKey } from '../../app/fresh-key.ts'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Fact, Facts } from '../../ui/card.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Duration, Money } from '../../ui/values.tsx'
import { type Answered, ask } from './ask.ts'
import { useValues } from './values.ts'

type State =
  | { readonly kind: 'idle' | 'asking' }
  | { readonly kind: 'answered'; readonly answer: Answered }
  | { readonly kind: 'failed'; readonly error: unknown }

/** A request to this very gateway, made here and now, with what it cost. */
export const FirstRequest = () => {
  const { t } = useTranslation('landing')
  const values = useValues()
  const key = useFreshKey()
  const [model, setModel] = useState('')
  const [text, setText] = useState(t('try.hello'))
  const [state, setState] = useState<State>({ kind: 'idle' })
  const running = useRef<AbortController>(undefined)
  const asked = model === '' ? values.model : model
  const needsKey = values.isKeyNeeded !== false

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    setState({ kind: 'asking' })
    ask({ model: asked, text, key: needsKey ? key : '', signal: controller.signal }).then(
      (answer) => setState({ kind: 'answered', answer }),
      (error: unknown) => controller.signal.aborted || setState({ kind: 'failed', error }),
    )
  }
  return (
    <Card title={t('try.title')} description={t(needsKey ? 'try.text' : 'try.local')}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {needsKey && (
          <Field label={t('try.key')} hint={t('try.keyHint')} required>
            <Input
              type="password"
              autoComplete="off"
              spellCheck={false}
              value={key}
              onChange={(event) => rememberKey(event.target.value.trim())}
              placeholder="sk-tg-…"
              required
            />
          </Field>
        )}
        <Field label={t('try.model')}>
          <Input
            value={asked}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setModel(event.target.value)}
            required
          />
        </Field>
        <Field label={t('try.message')}>
          <Input value={text} onChange={(event) => setText(event.target.value)} required />
        </Field>
        <Button type="submit" kind="primary" icon={Send} isPending={state.kind === 'asking'} className="self-start">
          {t('try.send')}
        </Button>
      </form>
      <div role="status" className="mt-3 empty:hidden">
        {state.kind === 'failed' && <ErrorNote error={state.error} />}
        {state.kind === 'answered' && <Answer answer={state.answer} />}
      </div>
    </Card>
  )
}

const Answer = ({ answer }: { readonly answer: Answered }) => {
  const { t } = useTranslation('landing')
  const { person } = useSession()
  return (
    <div className="flex flex-col gap-3">
      <p className="max-h-48 overflow-y-auto rounded-md bg-raised p-3 break-words whitespace-pre-wrap">
        {answer.text === '' ? t('try.noWords') : answer.text}
      </p>
      <Facts>
        <Fact label={t('try.servedBy')}>
          <code>{[answer.provider, answer.model].filter((name) => name !== null).join(' / ')}</code>
        </Fact>
        <Fact label={t('try.cost')}>
          <Money amount={answer.costUsd} />
        </Fact>
        <Fact label={t('try.took')}>
          <Duration ms={answer.ms} />
        </Fact>
        <Fact label={t('try.request')}>
          {person && answer.requestId !== null ? (
            <TextLink to={`/console/logs/${answer.requestId}`}>{answer.requestId}</TextLink>
          ) : (
            <code className="break-all select-all">{answer.requestId}</code>
          )}
        </Fact>
      </Facts>
    </div>
  )
}

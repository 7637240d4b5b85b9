import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'
import { Card } from '../../ui/card.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { DiffView } from '../../ui/diff-view.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { documentOf, headOf, type Payload, type PayloadBody } from './payload.ts'
import type { Receipt } from './receipt.ts'

/** What the client sent beside what the provider was sent, and the same of the answers, where it was captured. */
export const PayloadCard = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const { organisation, impersonating } = useSession()
  const isForOthers = !impersonating && UNREAD_BY.has(organisation?.role ?? '')
  if (!receipt.payload_captured || isForOthers)
    return (
      <Card title={t('payload.title')}>
        <p className="text-muted">{t(receipt.payload_captured ? 'payload.role' : 'payload.none')}</p>
      </Card>
    )
  return (
    <Card title={t('payload.title')}>
      <Asked requestId={receipt.request_id} />
    </Card>
  )
}

/** Roles that see requests, and not what they said. */
const UNREAD_BY: ReadonlySet<string> = new Set(['viewer', 'billing'])

const Asked = ({ requestId }: { readonly requestId: string }) => {
  const { t } = useTranslation('log')
  const payload = useApi<Payload>('/api/me/requests/{request_id}/payload', { path: { request_id: requestId } })
  // Deleted since its receipt was read.
  if (payload.error?.status === 404) return <p className="text-muted">{t('payload.none')}</p>
  if (payload.error) return <ErrorState error={payload.error} onRetry={() => void payload.refetch()} />
  return payload.data ? <Captured payload={payload.data} /> : <Skeleton className="h-24 w-full" />
}

const Captured = ({ payload }: { readonly payload: Payload }) => {
  const { t } = useTranslation('log')
  const attempts = payload.attempts ?? []
  const [chosen, setChosen] = useState(attempts.length - 1)
  const attempt = attempts[chosen]
  return (
    <div className="flex flex-col gap-3">
      {attempts.length > 1 && (
        <div className="max-w-72">
          <Field label={t('payload.attempt')}>
            <Select
              value={String(chosen)}
              onChange={(event) => setChosen(Number(event.target.value))}
              options={attempts.map(({ channel }, index) => ({
                value: String(index),
                label: `${t('timeline.attempt', { number: index + 1 })} ${channel}`,
              }))}
            />
          </Field>
        </div>
      )}
      <Tabs
        label={t('payload.title')}
        tabs={[
          {
            value: 'request',
            label: t('payload.request'),
            content: (
              <Beside
                of="request"
                client={payload.client_request}
                upstream={attempt ? attempt.request : payload.upstream_request}
              />
            ),
          },
          {
            value: 'response',
            label: t('payload.response'),
            content: (
              <Beside
                of="response"
                client={payload.client_response}
                upstream={attempt ? attempt.response : payload.upstream_response}
              />
            ),
          },
        ]}
      />
    </div>
  )
}

interface BesideProps {
  readonly of: 'request' | 'response'
  readonly client: PayloadBody | null
  readonly upstream: PayloadBody | null
}

const Beside = ({ of, client, upstream }: BesideProps) => {
  const { t } = useTranslation('log')
  const sides = [
    { title: t(`payload.client_${of}`), body: client },
    { title: t(`payload.upstream_${of}`), body: upstream },
  ].flatMap(({ title, body }) => (body ? [{ title: `${title} · ${headOf(body)}`, body }] : []))
  const [left, right] = sides
  if (!left) return <p className="text-muted">{t('payload.empty')}</p>
  const documents = sides.map(({ body }) => documentOf(body))
  return (
    <div className="flex flex-col gap-3">
      {right && documents[0] && documents[1] ? (
        <DiffView left={documents[0]} right={documents[1]} leftTitle={left.title} rightTitle={right.title} />
      ) : (
        <div className="grid gap-3 lg:grid-cols-2">
          {sides.map((side) => (
            <Body key={side.title} {...side} />
          ))}
        </div>
      )}
      <details>
        <summary className="touch py-1">{t('payload.headers')}</summary>
        <div className="mt-2 grid gap-3 lg:grid-cols-2">
          {sides.map(({ title, body }) => (
            <CodeBlock key={title} title={title} code={linesOf(body.headers)} className="min-w-0" />
          ))}
        </div>
      </details>
    </div>
  )
}

/** One side alone: a stream, or what is no JSON, stays as it came. */
const Body = ({ title, body }: { readonly title: string; readonly body: PayloadBody }) => {
  const { t } = useTranslation('log')
  const document = documentOf(body)
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <CodeBlock title={title} code={document ? JSON.stringify(document, null, 2) : body.body} className="min-w-0" />
      {body.cut && <p className="text-sm text-warn">{t('payload.cut', { count: body.bytes })}</p>}
      {body.encoding === 'base64' && <p className="text-sm text-muted">{t('payload.base64')}</p>}
    </div>
  )
}

const linesOf = (headers: PayloadBody['headers']): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

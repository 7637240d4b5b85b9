import { createHmac, randomBytes } from 'node:crypto'
import type { AlertEventRecord, AlertRuleRecord } from '../db/types.ts'

/** What is told of an event: that it fired, that it is over, or nothing but that telling works. */
export type Told = 'fired' | 'resolved' | 'test'

/** A message as a webhook gets it. `text` and `content` are what chat programs show. */
export interface Message {
  readonly type: `alert.${Told}`
  readonly event_id: string
  readonly rule: { readonly id: string; readonly name: string; readonly kind: string }
  readonly subject: string
  readonly summary: string
  readonly value: string | null
  readonly threshold: string | null
  readonly fired_at: string
  readonly resolved_at: string | null
  readonly text: string
  readonly content: string
}

const WORDS: Readonly<Record<Told, string>> = { fired: 'Alert', resolved: 'Over', test: 'Test' }

/** The message of an event. */
export const messageOf = (event: AlertEventRecord, told: Told): Message => {
  const text = `${WORDS[told]}: ${event.ruleName}. ${event.summary}`
  return {
    type: `alert.${told}`,
    event_id: event.id,
    rule: { id: event.ruleId, name: event.ruleName, kind: event.kind },
    subject: event.subject,
    summary: event.summary,
    value: event.value,
    threshold: event.threshold,
    fired_at: new Date(event.firedAtMs).toISOString(),
    resolved_at: told === 'resolved' && event.resolvedAtMs !== null ? new Date(event.resolvedAtMs).toISOString() : null,
    text,
    content: text,
  }
}

/** What a test says, of an event that there is not. */
export const testMessage = ({ id, name, kind }: AlertRuleRecord, nowMs: number): Message =>
  messageOf(
    {
      id: 'event_test',
      ruleId: id,
      ruleName: name,
      kind,
      subject: '',
      summary: 'Nothing is wrong: this is what a message looks like.',
      value: null,
      threshold: null,
      firedAtMs: nowMs,
      resolvedAtMs: null,
      acknowledgedAtMs: null,
      acknowledgedBy: null,
      told: 'nothing',
      attempts: 0,
      nextAtMs: null,
      failure: null,
    },
    'test',
  )

/** Subject and text of the same as an e-mail. */
export const mailOf = (message: Message): { readonly subject: string; readonly text: string } => {
  const lines = [
    message.text,
    '',
    `Rule: ${message.rule.name} (${message.rule.kind})`,
    ...(message.subject === '' ? [] : [`About: ${message.subject}`]),
    ...(message.value === null ? [] : [`Found: ${message.value}`]),
    ...(message.threshold === null ? [] : [`Threshold: ${message.threshold}`]),
    `Since: ${message.fired_at}`,
    ...(message.resolved_at === null ? [] : [`Until: ${message.resolved_at}`]),
  ]
  return { subject: message.text.slice(0, 200), text: `${lines.join('\n')}\n` }
}

export const newSigningSecret = (): string => `whsec_${randomBytes(24).toString('base64url')}`

/** `t=<Unix seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`: whoever knows the secret can tell who sent it, and when. */
export const signatureOf = (secret: string, body: string, nowMs: number): string => {
  const seconds = Math.floor(nowMs / 1_000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

import type { AlertRuleRecord } from '../db/types.ts'
import { err, ok, type Result } from '../result.ts'
import { mailOf, type Message, signatureOf } from './message.ts'
import { postWebhook } from './post.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface TellDeps {
  readonly timeoutMs: number
  /** Whether webhooks may be on this very machine or in a private network. */
  readonly privateAddresses: boolean
  /** Sends an e-mail, or says why it could not; `undefined`: none can be sent here. */
  readonly sendMail?: ((mail: Mail) => Promise<Result<void, string>>) | undefined
  readonly nowMs: () => number
}

/** What became of a message, by way. `null`: the rule has none of that. */
export interface Telling {
  readonly webhook: Result<void, string> | null
  readonly mail: Result<void, string> | null
}

/** Tells a message wherever its rule says. Never throws. */
export const tell = async (
  deps: TellDeps,
  { webhookUrl, secret, emails }: Pick<AlertRuleRecord, 'webhookUrl' | 'secret' | 'emails'>,
  message: Message,
): Promise<Telling> => {
  const [webhook, mail] = await Promise.all([
    webhookUrl === null ? null : post(deps, webhookUrl, secret, message),
    emails.length === 0 ? null : mailAll(deps, emails, message),
  ])
  return { webhook, mail }
}

/** Why some of it failed, in one line; `undefined`: nothing did. What the other end said is not repeated. */
export const failureOf = ({ webhook, mail }: Telling): string | undefined => {
  const failures = [
    ...(webhook && !webhook.ok ? [`webhook: ${webhook.error}`] : []),
    ...(mail && !mail.ok ? [`e-mail: ${mail.error}`] : []),
  ]
  return failures.length === 0 ? undefined : failures.join('; ')
}

const post = async (deps: TellDeps, url: string, secret: string, message: Message): Promise<Result<void, string>> => {
  const body = JSON.stringify(message)
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'tollgate',
    'x-tollgate-event': message.type,
    'x-tollgate-signature': signatureOf(secret, body, deps.nowMs()),
  }
  const answer = await postWebhook(url, headers, body, deps)
  if (!answer.ok) return answer
  return answer.value >= 200 && answer.value < 300 ? ok(undefined) : err(`it answered ${answer.value}`)
}

const mailAll = async (
  { sendMail }: TellDeps,
  emails: readonly string[],
  message: Message,
): Promise<Result<void, string>> => {
  if (!sendMail) return err('no mail server is configured')
  const mail = mailOf(message)
  for (const to of emails) {
    const sent = await sendMail({ to, ...mail })
    if (!sent.ok) return sent
  }
  return ok(undefined)
}

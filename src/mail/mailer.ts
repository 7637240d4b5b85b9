/** A message to one person, in plain text. */
export interface Message {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Mailer {
  /**
   * Hands a message in as soon as may be. False where none can be sent, or too many wait. `bulk`: one that nobody waits for,
   * such as an invitation; it comes after all others, and however many there are, they keep no other waiting.
   */
  send(message: Message, urgency?: Urgency): boolean
  /** Hands a message in, and waits for what becomes of it; rejects when it was not taken. */
  deliver(message: Message): Promise<void>
  /** Resolves when nothing waits any more, or after this long. */
  close(timeoutMs: number): Promise<void>
}

export interface MailerOptions {
  readonly from: string
  /** `smtp://user:password@host:port`, or `smtps://`. */
  readonly smtpUrl: string
  readonly queuedMax: number
  /** How long to wait before each further try; as few as there are. */
  readonly retriesMs?: readonly number[]
  /** A message was given up, or dropped. Says nothing of what is in it. */
  readonly onLost: (message: Pick<Message, 'to' | 'subject'>, error: unknown) => void
}

const TIMEOUT_MS = 20_000
/** Waits before a message that was not taken is handed in again. */
const RETRIES_MS = [2_000, 10_000, 60_000]

type Urgency = 'awaited' | 'bulk'

/** Sends messages, two at once, in the background. Nothing is loaded before the first. */
export const createMailer = (options: MailerOptions): Mailer => {
  const queues = { awaited: [] as Message[], bulk: [] as Message[] }
  // One lane is never given to those that nobody waits for.
  const lanes = { awaited: new Set<Promise<void>>(), bulk: new Set<Promise<void>>() }
  const stopped = new AbortController()
  let transport: Promise<Transport> | undefined
  const deliver = async (message: Message): Promise<void> => {
    transport ??= openTransport(options.smtpUrl)
    await (await transport).sendMail({ ...message, from: options.from })
  }
  const work = async (next: () => Message | undefined): Promise<void> => {
    for (let message = next(); message; message = next())
      await retrying(deliver, message, options.retriesMs ?? RETRIES_MS, stopped.signal).catch((error: unknown) => {
        if (message) options.onLost(message, error)
      })
  }
  const nextIn = {
    awaited: () => queues.awaited.shift(),
    bulk: () => queues.awaited.shift() ?? queues.bulk.shift(),
  }
  const wake = (kind: Urgency): void => {
    if (lanes[kind].size > 0) return
    if (queues.awaited.length === 0 && (kind === 'awaited' || queues.bulk.length === 0)) return
    const lane = work(nextIn[kind]).finally(() => {
      lanes[kind].delete(lane)
      wake(kind)
    })
    lanes[kind].add(lane)
  }
  return {
    send: (message, urgency = 'awaited') => {
      const queue = queues[urgency]
      if (queue.length >= options.queuedMax) {
        options.onLost(message, new Error(`${options.queuedMax} messages wait already`))
        return false
      }
      queue.push(message)
      wake('awaited')
      wake('bulk')
      return true
    },
    deliver,
    close: async (timeoutMs) => {
      const late = setTimeout(() => stopped.abort(), timeoutMs)
      while (lanes.awaited.size + lanes.bulk.size > 0) await Promise.all([...lanes.awaited, ...lanes.bulk])
      clearTimeout(late)
      ;(await transport)?.close()
    },
  }
}

const retrying = async (
  deliver: (message: Message) => Promise<void>,
  message: Message,
  retriesMs: readonly number[],
  signal: AbortSignal,
): Promise<void> => {
  for (const waitMs of [...retriesMs, undefined]) {
    try {
      return await deliver(message)
    } catch (error) {
      if (waitMs === undefined || signal.aborted || isRefused(error)) throw error
      await pause(waitMs, signal)
    }
  }
}

/** Codes above 500 are for good: the address is wrong, or the message unwanted. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'responseCode' in error && Number(error.responseCode) >= 500

const pause = (waitMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    signal.addEventListener('abort', done)
  })

interface Transport {
  sendMail(message: Message & { readonly from: string }): Promise<unknown>
  close(): void
}

const openTransport = async (smtpUrl: string): Promise<Transport> => {
  const { createTransport } = await import('nodemailer')
  const url = new URL(smtpUrl)
  const isSecure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  return createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    // A password is never sent in the clear; without one a server nearby may speak without TLS.
    requireTLS: !isSecure && user !== '' && !isNear(url.hostname),
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Neither files nor addresses that a text may name are read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

const isNear = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)

import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A message as its reader sees it. */
export interface Letter {
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
}

/** A real mail server on loopback that keeps what it is handed. */
export interface Mailbox {
  /** As `mail.smtp_url` has it. */
  readonly url: string
  readonly letters: Letter[]
  /** The next message to somebody that nobody has looked at; waits for it. */
  next(to: string): Promise<Letter>
  /** The same, and the link in it that has this path. */
  link(to: string, path: string): Promise<URL>
  stop(): Promise<void>
}

const WAIT_MS = 20_000

export const openMailbox = async (): Promise<Mailbox> => {
  const letters: Letter[] = []
  const seen = new Set<Letter>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ')
        PostalMime.parse(Buffer.concat(parts)).then(({ from, subject = '', text = '' }) => {
          letters.push({ to, from: from?.address ?? '', subject, text })
          done()
        }, done)
      })
    },
  })
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const next: Mailbox['next'] = async (to) => {
    const deadlineMs = Date.now() + WAIT_MS
    while (Date.now() < deadlineMs) {
      const letter = letters.find((one) => one.to === to && !seen.has(one))
      if (letter) {
        seen.add(letter)
        return letter
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(
      `no message came for ${to}; there are: ${letters.map((one) => `${one.to} ${one.subject}`).join('; ')}`,
    )
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    next,
    link: async (to, path) => {
      const { text } = await next(to)
      const found = text.split(/\s+/).find((word) => URL.canParse(word) && new URL(word).pathname.startsWith(path))
      if (!found) throw new Error(`no link to ${path} in: ${text}`)
      return new URL(found)
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

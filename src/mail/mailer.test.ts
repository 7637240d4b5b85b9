import { afterEach, expect, test } from 'bun:test'
import { SMTPServer } from 'smtp-server'
import { createMailer, type Mailer } from './mailer.ts'

const LETTER = { to: 'ada@example.com', subject: 'Hello', text: 'A line\n.\nand another\n' }
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server that answers each message by what `answers` says next: a code of SMTP, or nothing where it takes it. */
const stage = async (answers: (number | undefined)[], more: { readonly queuedMax?: number } = {}) => {
  const taken: string[] = []
  const lost: string[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (part: Buffer) => {
        text += part.toString()
      })
      stream.on('end', () => {
        const code = answers.shift()
        if (code === undefined) taken.push(text)
        done(code === undefined ? null : Object.assign(new Error('refused'), { responseCode: code }))
      })
    },
  })
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const mailer: Mailer = createMailer({
    from: 'Tollgate <tollgate@example.com>',
    smtpUrl: `smtp://127.0.0.1:${port}`,
    queuedMax: more.queuedMax ?? 10,
    retriesMs: [1, 1],
    onLost: ({ subject }) => lost.push(subject),
  })
  closing.push(() => new Promise((resolve) => server.close(() => resolve(undefined))))
  return { mailer, taken, lost }
}

test('a message arrives as it was written', async () => {
  const { mailer, taken, lost } = await stage([])
  expect(mailer.send(LETTER)).toBe(true)
  await mailer.close(10_000)
  expect([taken.length, lost]).toEqual([1, []])
  expect(taken[0]).toContain('From: Tollgate <tollgate@example.com>')
  expect(taken[0]).toContain('A line')
  expect(taken[0]).toContain('and another')
})

test.each<[string, (number | undefined)[], number, number]>([
  ['refused for now is sent again', [451, undefined], 1, 0],
  ['refused for good is not', [550, undefined], 0, 1],
  ['refused for now again and again is given up', [451, 451, 451, undefined], 0, 1],
])('what is %s, and what is lost is told', async (_, answers, takenCount, lostCount) => {
  const { mailer, taken, lost } = await stage(answers)
  mailer.send(LETTER)
  await mailer.close(10_000)
  expect([taken.length, lost.length]).toEqual([takenCount, lostCount])
})

test('more than may wait are not taken', async () => {
  const { mailer, taken, lost } = await stage([], { queuedMax: 1 })
  const accepted = Array.from({ length: 6 }, () => mailer.send(LETTER))
  await mailer.close(10_000)
  const count = accepted.filter(Boolean).length
  expect(count).toBeLessThan(6)
  expect([taken.length, lost.length]).toEqual([count, 6 - count])
})

test('however many messages nobody waits for, another is taken, and goes out before them', async () => {
  const { mailer, taken } = await stage([], { queuedMax: 5 })
  const accepted = Array.from({ length: 20 }, () => mailer.send({ ...LETTER, subject: 'Come in' }, 'bulk'))
  expect(accepted.filter(Boolean).length).toBeLessThan(20)
  expect(mailer.send({ ...LETTER, subject: 'A new password' })).toBe(true)
  await mailer.close(10_000)
  const at = taken.findIndex((text) => text.includes('Subject: A new password'))
  expect(at).toBeGreaterThanOrEqual(0)
  expect(at).toBeLessThan(taken.length - 1)
})

test('whoever waits for a message learns that it was not taken', async () => {
  const { mailer } = await stage([550])
  const failure = await mailer.deliver(LETTER).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Error)
  await mailer.close(1_000)
})

test('a line end in an address or a subject makes no header', async () => {
  const { mailer, taken } = await stage([])
  mailer.send({ ...LETTER, subject: 'Hello\r\nBcc: eve@example.com' })
  await mailer.close(10_000)
  expect(taken[0]).not.toMatch(/^Bcc:/m)
})

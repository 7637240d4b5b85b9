import { describe, expect, test } from 'bun:test'
import type { Config } from '../config/load.ts'
import { createLogger } from './logger.ts'

const written = (log: Partial<Config['log']>, isTTY = false) => {
  const lines: string[] = []
  const logger = createLogger(
    { level: 'info', format: 'auto', bodies: false, ...log },
    { write: (line) => lines.push(line), isTTY },
  )
  return { logger, lines }
}

describe('format', () => {
  test('without a terminal each line is one JSON object with level and time', () => {
    const { logger, lines } = written({})
    logger.info({ requestId: 'req_1', status: 200 }, 'answered')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.any(String),
      requestId: 'req_1',
      status: 200,
      msg: 'answered',
    })
  })

  test('on a terminal lines are for people, written at once and in colour', () => {
    const { logger, lines } = written({}, true)
    logger.warn({ port: 1 }, 'careful')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('careful')
    expect(lines[0]).toContain('\u001b[')
    expect(lines[0]).not.toStartWith('{')
  })

  test('pretty without a terminal has no colour', () => {
    const { logger, lines } = written({ format: 'pretty' })
    logger.info('hello')
    expect(lines[0]).toMatch(/INFO.*hello/)
    expect(lines[0]).not.toContain('\u001b[')
  })

  test('JSON on a terminal is JSON when asked for', () => {
    const { logger, lines } = written({ format: 'json' }, true)
    logger.info('hello')
    expect(JSON.parse(lines[0] ?? '').msg).toBe('hello')
  })

  test('lines below the level are not written', () => {
    const { logger, lines } = written({ level: 'error' })
    logger.warn('no')
    logger.error('yes')
    expect(lines).toHaveLength(1)
  })
})

describe('what is never in a line', () => {
  const SECRET = 'sk-ant-api03-SECRETSECRETSECRET'
  for (const format of ['json', 'pretty'] as const) {
    test(`credentials, however they get in (${format})`, () => {
      const { logger, lines } = written({ format })
      logger.info(
        { headers: { authorization: `Bearer ${SECRET}`, cookie: 'session=hunter2hunter2', 'x-api-key': 'hunter2' } },
        'in',
      )
      logger.error(new Error(`upstream said: bad key ${SECRET}`))
      logger.child({ url: '/v1beta/models/m:generateContent?key=hunter2' }).warn('out')
      const all = lines.join('')
      expect(lines).toHaveLength(3)
      expect(all).not.toContain('SECRETSECRET')
      expect(all).not.toContain('hunter2')
    })
  }

  test('bodies, unless they are asked for', () => {
    const quiet = written({})
    quiet.logger.info({ body: 'what somebody wrote', requestBody: 'x' }, 'in')
    expect(quiet.lines.join('')).not.toContain('somebody')
    const open = written({ bodies: true })
    open.logger.info({ body: 'what somebody wrote' }, 'in')
    expect(open.lines.join('')).toContain('somebody')
  })
})

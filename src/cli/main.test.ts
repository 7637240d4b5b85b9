import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, runIn } from './test-command.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A command in this process, on a database of its own. */
const run = (database: string, ...args: string[]): Promise<Ended> => runIn(folder, args, { database })

/** A command as users type it, in the test's folder. */
const type = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const program = new URL('../../bin/tollgate.mjs', import.meta.url).pathname
    const child = spawn('node', [program, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...environment },
    })
    let out = ''
    let problems = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (problems += chunk))
    child.on('close', (code) => resolve({ code, out, problems }))
  })

beforeAll(() => {
  writeFileSync(join(folder, 'plain.yaml'), 'plans: { basic: { rpm: 5 } }\n')
})

describe('a bad configuration', () => {
  const WRONG = `
listen: { prot: 1 }
auth: nobody
providers: { a: { kind: anthropic, keys: ["\${NOT_SET}"] }, b: { kind: openai, key: sk-SECRETSECRETSECRET } }
channels: [{ id: c, provider: z }]
`
  test('every mistake is printed with its place, and the exit code is 78', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), WRONG)
    const { code, out, problems } = await type(['check-config', '--config', 'wrong.yaml'])
    expect(code).toBe(78)
    expect(out).toBe('')
    for (const place of [
      'listen.prot: ',
      'auth: ',
      'providers.a.keys[0]: ',
      'providers.b.key: ',
      'channels[0].provider: ',
    ]) {
      expect(problems).toContain(`\n  ${place}expected `)
    }
    expect(problems).toContain('5 mistakes')
    expect(problems).not.toContain('SECRETSECRET')
  })

  test('serve starts nothing with it', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), `${WRONG}database: sqlite:./never.db\n`)
    const { code, out } = await type(['--config', 'wrong.yaml'])
    expect(code).toBe(78)
    expect(out).toBe('')
    expect(existsSync(join(folder, 'never.db'))).toBe(false)
  })

  test('a wrong --port is a mistake like any other', async () => {
    const { code, problems } = await type(['serve', '--port', '99999'])
    expect(code).toBe(78)
    expect(problems).toContain('listen.port: expected a whole number from 0 to 65535, found "99999" from --port')
  })

  test('as JSON, the mistakes are data', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), WRONG)
    const { code, out } = await type(['check-config', '--config', 'wrong.yaml', '--json'])
    expect(code).toBe(78)
    expect(JSON.parse(out)).toMatchObject({ ok: false, mistakes: { length: 5 } })
  })

  test('database commands end with 78 too, and make no database', async () => {
    const { code } = await type(['users', 'list', '--config', 'wrong.yaml'])
    expect(code).toBe(78)
  })
})

test('a right configuration is said to be right, with what is allowed but odd as warnings', async () => {
  const { code, out, problems } = await type(['check-config'], {
    TOLLGATE_CONFIG: 'plain.yaml',
    TOLLGATE_LISTEN_PROT: '1',
  })
  expect(code).toBe(0)
  expect(out).toContain('plain.yaml is right. Providers: demo.')
  expect(problems).toBe('warning: TOLLGATE_LISTEN_PROT is set, but matches no key of the configuration.\n')
})

describe('usage', () => {
  test('--help and --version answer on standard output', async () => {
    expect((await run('a.db', '--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
    const help = await run('a.db', '--help')
    expect(help.code).toBe(0)
    for (const command of ['serve', 'check-config', 'keys create', 'ledger check', 'migrate'])
      expect(help.out).toContain(command)
    expect((await run('a.db', 'keys', 'create', '--help')).out).toContain('--budget-usd <usd>')
  })

  const wrong: [args: string[], hint: RegExp][] = [
    [['kyes', 'create'], /Did you mean `tollgate keys create`/],
    [['keys'], /tollgate keys list/],
    [['dance'], /--help/],
    [['serve', '--prot', '1'], /--prot/],
    [['serve', 'now'], /`now` is one argument too many/],
    [['keys', 'revoke'], /<key id> is missing/],
    [['keys', 'create'], /--user is missing/],
    [['users', 'create'], /--email is missing/],
  ]
  test.each(wrong)('%p is wrong usage, exit code 2, with a hint', async (args, hint) => {
    const { code, out, problems } = await run('a.db', ...args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(problems).toMatch(hint)
    expect(existsSync(join(folder, 'a.db'))).toBe(false)
  })
})

describe('users and keys', () => {
  test('a key is made for a user named by e-mail, listed without its secret, rotated and revoked', async () => {
    const user = JSON.parse(
      (await run('b.db', 'users', 'create', '--email', 'Ada@Example.com', '--plan', 'basic', '--json')).out,
    )
    expect(user).toMatchObject({ email: 'ada@example.com', plan: 'basic', rate_multiplier: '1' })
    const limits = [
      ...['--rpm', '6', '--tpm', '60', '--itpm', '50', '--otpm', '10', '--concurrency', '2'],
      ...['--budget-usd', '1.5', '--budget-5h-usd', '0.1', '--budget-day-usd', '0.2'],
      ...['--budget-week-usd', '0.3', '--budget-month-usd', '1'],
      '--models',
      'a, b',
      '--scopes',
      'generate',
      '--ip-allow',
      '10.0.0.0/8',
    ]
    const created = await run('b.db', 'keys', 'create', '--user', 'ada@example.com', ...limits, '--json')
    const key = JSON.parse(created.out)
    expect(key).toMatchObject({
      user_id: user.id,
      ...{ rpm: 6, tpm: 60, itpm: 50, otpm: 10, concurrency: 2 },
      budget_usd: '1.500000000',
      budgets: { '5h': '0.100000000', day: '0.200000000', week: '0.300000000', month: '1.000000000' },
      models: ['a', 'b'],
      ip_allow: ['10.0.0.0/8'],
    })
    expect(key.key).toStartWith('sk-tg-')

    const listed = await run('b.db', 'keys', 'list', '--user', 'ada@example.com')
    expect(listed.out).toContain(key.id)
    expect(listed.out).not.toContain(key.key)

    const rotated = JSON.parse((await run('b.db', 'keys', 'rotate', key.id, '--overlap', '0', '--json')).out)
    expect(rotated.key).not.toBe(key.key)
    expect((await run('b.db', 'keys', 'revoke', key.id)).out).toContain(`Key ${key.id} is revoked`)
    expect(JSON.parse((await run('b.db', 'keys', 'list', '--json')).out).data[0].state).toBe('revoked')
    expect((await run('b.db', 'users', 'list')).out).toContain('ada@example.com')
  })

  test('what cannot be done is said in words, on standard error', async () => {
    const cases: [args: string[], code: number, words: RegExp][] = [
      [['users', 'create', '--email', 'nobody'], 2, /email/],
      [['users', 'create', '--email', 'a@b.org', '--plan', 'gold'], 2, /plan must be one of basic/],
      [['keys', 'create', '--user', 'nobody@example.com'], 1, /There is no user nobody@example.com/],
      [['keys', 'create', '--user', 'user_nobody'], 1, /user/],
      [['keys', 'create', '--user', 'user_x', '--rpm', 'many'], 2, /rpm must be/],
      [['keys', 'create', '--user', 'user_x', '--concurrency', '0'], 2, /concurrency must be/],
      [['keys', 'create', '--user', 'user_x', '--budget-day-usd', 'much'], 2, /budgets.*must be/],
      [['keys', 'revoke', 'key_nobody'], 1, /key/],
    ]
    for (const [args, code, words] of cases) {
      const ended = await run('c.db', ...args)
      expect([args, ended.code, ended.out]).toEqual([args, code, ''])
      expect(ended.problems).toMatch(words)
    }
  })
})

describe('the database', () => {
  test('migrate brings it up to date, once', async () => {
    expect(JSON.parse((await run('d.db', 'migrate', '--json')).out).applied.length).toBeGreaterThan(0)
    expect((await run('d.db', 'migrate')).out).toContain('Nothing was to be done.')
  })

  test('the books of a sound database balance', async () => {
    await run('e.db', 'users', 'create', '--email', 'a@b.org')
    const { code, out } = await run('e.db', 'ledger', 'check')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, postings: 0, open_holds: 0, sum_usd: '0.000000000' })
  })

  test('books that do not balance are a failure', async () => {
    await run('f.db', 'users', 'create', '--email', 'a@b.org')
    const { Database } = await import('bun:sqlite')
    const database = new Database(join(folder, 'f.db'))
    database.run("update accounts set posted_nano = 5 where kind = 'user'")
    database.close()
    const { code, out } = await run('f.db', 'ledger', 'check')
    expect(code).toBe(1)
    expect(JSON.parse(out).ok).toBe(false)
  })

  test('where there is no database, there is nothing to check, and none is made', async () => {
    const { code, problems } = await run('g.db', 'ledger', 'check')
    expect(code).toBe(1)
    expect(problems).toContain('There is no database')
    expect(existsSync(join(folder, 'g.db'))).toBe(false)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { START_TIMEOUT_MS } from './databases.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { type RedisServer, startRedis } from './redis.ts'
import { until } from './server-process.ts'

/** The first line a Redis server answers with; nothing when it does not within a moment. */
const askRedis = ({ url }: RedisServer, line: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { port, password } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`AUTH ${password}\r\n${line}\r\n`))
    let heard = ''
    const end = (answer: string | undefined) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('data', (data) => {
      heard += data.toString()
      const [, answer, rest] = heard.split('\r\n')
      if (rest !== undefined) end(answer)()
    })
    socket.on('error', end(undefined))
    setTimeout(end(undefined), 500)
  })

const query = async (url: string, sql: string): Promise<readonly unknown[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

describe('the PostgreSQL of the tests', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, START_TIMEOUT_MS)
  afterAll(() => server.stop())

  test(
    'keeps what was committed when it is shut down or killed, and gives each test a database of its own',
    async () => {
      const [one, other] = await Promise.all([server.createDatabase(), server.createDatabase()])
      await query(one, 'CREATE TABLE kept (id BIGINT)')
      await server.restart()
      await server.kill()
      await server.start()
      expect(await query(one, 'SELECT * FROM kept')).toEqual([])
      expect(await query(other, "SELECT to_regclass('kept') AS found")).toEqual([{ found: null }])
      expect(await query(one, "SELECT current_setting('fsync') AS fsync")).toEqual([{ fsync: 'on' }])
    },
    START_TIMEOUT_MS,
  )
})

describe('the Redis of the tests', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  }, START_TIMEOUT_MS)
  afterAll(() => server.stop())

  test('forgets when it is told to, and when it starts again', async () => {
    for (const forget of [server.flush, server.restart]) {
      expect(await askRedis(server, 'SET a 1')).toBe('+OK')
      await forget()
      expect(await askRedis(server, 'EXISTS a')).toBe(':0')
    }
  })

  test('says nothing while it is frozen', async () => {
    server.suspend()
    expect(await askRedis(server, 'PING')).toBeUndefined()
    server.resume()
    expect(await askRedis(server, 'PING')).toBe('+PONG')
  })
})

test(
  'servers end, and their folders go, with a test process that was killed',
  async () => {
    const module = JSON.stringify(join(import.meta.dir, 'redis.ts'))
    const script = `const { startRedis } = await import(${module})
      console.log((await startRedis()).folder); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const folder = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())),
    )
    expect(existsSync(folder)).toBe(true)
    child.kill('SIGKILL')
    await until('the folder is gone', () => !existsSync(folder))
  },
  START_TIMEOUT_MS,
)

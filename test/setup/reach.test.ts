import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bytesOf, newHome } from './homes.ts'
import { openStage, type Stage } from './stage.ts'
import { needTools } from './tools.ts'
import { command, compileHost, powerShellProgram, shell, type Way } from './ways.ts'

let stage: Stage
let host: Awaited<ReturnType<typeof compileHost>>
const servers: Server[] = []

beforeAll(async () => {
  needTools()
  stage = await openStage()
  host = await compileHost(stage.url)
})
afterAll(async () => {
  for (const server of servers) server.close()
  await stage.gateway.stop()
})

const WAYS: readonly (readonly [string, Way])[] = [
  command,
  shell(() => stage.url, 'dash'),
  powerShellProgram(() => host),
].map((way) => [way.name, way])

type Answer = (path: string, answer: ServerResponse) => void

/** A server in the gateway's place, which passes on what `answer` leaves to it; its address. */
const standIn = async (answer: Answer): Promise<string> => {
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    answer(path, response)
    if (response.writableEnded) return
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const { authorization = '', 'content-type': type } = request.headers
      const passed = await fetch(stage.url + path, {
        method: request.method ?? 'GET',
        headers: { authorization, ...(type !== undefined && { 'content-type': type }) },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      })
      const id = passed.headers.get('x-request-id')
      if (id !== null && !response.hasHeader('x-hidden')) response.setHeader('x-request-id', id)
      response.writeHead(passed.status, { 'content-type': 'application/json' }).end(await passed.text())
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const setUp = (way: Way, home: string, base: string) => way.run({ client: 'qwen-code', home, base, key: stage.key })

describe.each(WAYS)('%s', (_, way) => {
  test('changes nothing where nobody answers, or somebody who is no gateway', async () => {
    const nobody = await standIn(() => undefined)
    servers.pop()?.close()
    const page = await standIn(
      (_path, answer) => void answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hi</html>'),
    )
    for (const [base, why] of [
      [nobody, 'does not answer'],
      [page, 'is not a gateway'],
    ] as const) {
      const home = newHome({ '.qwen/settings.json': '{}' })
      const ran = await setUp(way, home, base)
      expect([ran.code, ran.said]).toEqual([1, expect.stringContaining(why)])
      expect(ran.said).toContain('Nothing was changed.')
      expect([bytesOf(home, '.qwen/settings.json'), bytesOf(home, '.qwen/.env')]).toEqual(['{}', undefined])
    }
  })

  test('says that a request did not reach this gateway, where what answers names none, or has no receipt of it', async () => {
    const nameless = await standIn(
      (path, answer) => void (path.startsWith('/v1/chat') && answer.setHeader('x-hidden', '1')),
    )
    const forgetful = await standIn((path, answer) => {
      if (path.startsWith('/v1/receipts'))
        answer.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
    })
    for (const [base, why] of [
      [nameless, 'names no request'],
      [forgetful, 'has no receipt of it'],
    ] as const) {
      const ran = await setUp(way, newHome({ '.qwen/': '' }), base)
      expect([ran.code, ran.said]).toEqual([
        1,
        expect.stringMatching(new RegExp(`did not reach this gateway[\\s\\S]*${why}`)),
      ])
    }
  })

  test('says what the gateway refused a request with', async () => {
    const userId = await stage.gateway.createUser()
    const { key } = await stage.gateway.createKey({ user_id: userId, name: 'poor' })
    const ran = await way.run({ client: 'qwen-code', home: newHome({ '.qwen/': '' }), base: stage.url, key })
    expect([ran.code, ran.said]).toEqual([
      1,
      expect.stringMatching(/reached this gateway \(req_\w+\), which refused it with 402: /),
    ])
  })

  test('takes no name of a model that a file or a shell would read as something else', async () => {
    const names = ['claude-sonnet-4-5', 'claude-haiku-\\', 'claude-opus-"x', 'claude-opus-$(id)', 'claude-haiku-a b']
    // With the id last, as a script finds it, whatever is in it.
    const data = names.map((id, index) => ({ object: 'model', created: names.length - index, id }))
    const lying = await standIn((path, answer) => {
      if (path === '/v1/models')
        answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data }))
    })
    const home = newHome({ '.claude/': '' })
    const ran = await way.run({ client: 'claude-code', home, base: lying, key: stage.key })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('claude-sonnet-4-5')])
    const written = bytesOf(home, '.claude/settings.json') ?? ''
    const { env } = JSON.parse(written) as { env: Record<string, string> }
    const models = Object.entries(env).filter(([name]) => name.includes('MODEL') && name.startsWith('ANTHROPIC'))
    expect(new Set(models.map(([, model]) => model))).toEqual(new Set(['claude-sonnet-4-5']))
    const none = await standIn((path, answer) => {
      const only = { object: 'list', data: data.slice(1) }
      if (path === '/v1/models') answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(only))
    })
    const refused = await way.run({
      client: 'claude-code',
      home: newHome({ '.claude/': '' }),
      base: none,
      key: stage.key,
    })
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('may use no model')])
  })

  test('shows nothing of an answer that a terminal would obey', async () => {
    // As bytes, which is no JSON, and as JSON writes them.
    for (const title of ['\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007', '\u009b2J']) {
      const rude = await standIn((path, answer) => {
        if (path === '/v1/models')
          answer.writeHead(401, { 'content-type': 'application/json' }).end(`{"error":{"message":"no${title}"}}`)
      })
      const ran = await setUp(way, newHome({ '.qwen/': '' }), rude)
      expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('Nothing was changed.')])
      expect(ran.said.replaceAll(/[\r\n\t]/g, '')).not.toMatch(/\p{Cc}/u)
    }
  })

  test('is content with a key that may not see receipts', async () => {
    const { key } = await stage.gateway.createKey({
      user_id: stage.userId,
      name: 'narrow',
      scopes: ['generate', 'models'],
    })
    const ran = await way.run({ client: 'qwen-code', home: newHome({ '.qwen/': '' }), base: stage.url, key })
    expect([ran.code, ran.said]).toEqual([0, expect.stringMatching(/reached this gateway: req_\w+ at \S+\.$/m)])
  })

  test('the doctor sees that the clocks differ', async () => {
    const late = await standIn(
      (_path, answer) => void answer.setHeader('date', new Date(Date.now() - 600_000).toUTCString()),
    )
    const home = newHome({ '.qwen/': '' })
    expect((await setUp(way, home, late)).code).toBe(0)
    const ran = await way.run({ action: 'doctor', client: 'qwen-code', home })
    expect([ran.said, ran.said]).toEqual([
      expect.stringMatching(/look {3}clock: this machine is (59\d|60\d|61\d) s ahead/),
      expect.not.stringContaining('WRONG  clock'),
    ])
  })

  test('the doctor knows that an address of this machine is none for Cursor', async () => {
    const ran = await way.run({ action: 'doctor', client: 'cursor', home: newHome(), base: stage.url, key: stage.key })
    expect([ran.code, ran.said]).toEqual([
      1,
      expect.stringMatching(/WRONG {2}address: Cursor asks from servers of its maker/),
    ])
  })
})

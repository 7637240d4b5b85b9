import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runIn } from '../../src/cli/test-command.ts'
import { startStand, type Stand, VENDOR_KEY } from './stand.ts'

let stand: Stand
const folder = mkdtempSync(join(tmpdir(), 'tollgate-explain-'))
beforeAll(async () => {
  stand = await startStand()
  writeFileSync(
    join(folder, 'request.json'),
    JSON.stringify({ model: 'mine', messages: [{ role: 'user', content: 'Hello' }], seed: 7, max_tokens: 9 }),
  )
  writeFileSync(join(folder, 'refused.json'), JSON.stringify({ model: 'old', messages: [] }))
  writeFileSync(join(folder, 'plain.yaml'), `listen: { port: ${new URL(stand.gateway.url).port} }\n`)
})
afterAll(async () => {
  await stand.stop()
  rmSync(folder, { recursive: true, force: true })
})

const explain = (file: string, ...more: readonly string[]) =>
  runIn(folder, ['explain', join(folder, file), '--key', stand.customer.key, ...more])

describe('tollgate explain', () => {
  test('says in words what would become of a request', async () => {
    const { code, out, problems } = await explain('request.json')
    expect([code, problems]).toEqual([0, ''])
    expect(out).toContain('Request: /v1/chat/completions (openai-chat, guessed)')
    expect(out).toContain('Model: mine → claude (alias)')
    expect(out).toContain('First: an-1, key 1: only channel')
    expect(out).toContain('  /seed unsupported')
    expect(out).toContain('POST /v1/messages')
    expect(out).toContain('"max_tokens":9')
    expect(out).not.toContain(stand.vendor.url)
  })

  test('asks the gateway that it is told to, and prints what that said', async () => {
    const { code, out } = await explain(
      'request.json',
      '--url',
      stand.gateway.url,
      '--path',
      '/v1/messages',
      '--all',
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      object: 'explanation',
      operation: { path: '/v1/messages', guessed: false },
    })
  })

  test('shows addresses to the operator, and the key of no vendor', async () => {
    const { out } = await explain('request.json', '--admin-key', stand.gateway.adminKey)
    expect(out).toContain(`POST ${stand.vendor.url}/v1/messages`)
    expect(out).toContain('elsewhere (other group)')
    expect(out).not.toContain(VENDOR_KEY)
  })

  test('fails where the request would be refused, and says with what', async () => {
    const { code, out } = await explain('refused.json')
    expect(code).toBe(1)
    expect(out).toStartWith('Would be refused with 503 (choose): Model "old" has been retired.')
  })

  test('tells a file that is not there, a gateway that is not there, and a path that is none apart', async () => {
    expect(await explain('gone.json')).toMatchObject({
      code: 1,
      problems: expect.stringContaining('gone.json cannot be read'),
    })
    const away = await explain('request.json', '--url', 'http://127.0.0.1:1')
    expect(away).toMatchObject({ code: 1, problems: expect.stringContaining('Is the gateway running?') })
    const nowhere = await explain('request.json', '--path', '/v1/nowhere')
    expect(nowhere).toMatchObject({ code: 2, problems: expect.stringContaining('Nothing is asked for at /v1/nowhere') })
  })
})

import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostOptions, postWebhook } from './post.ts'

const seen: string[] = []
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: async (request) => {
    const { pathname, host } = new URL(request.url)
    seen.push(`${request.method} ${host} ${pathname} ${await request.text()}`)
    if (pathname === '/never') await new Promise(() => undefined)
    return new Response('said', { status: pathname === '/away' ? 302 : 200, headers: { location: '/elsewhere' } })
  },
})
afterAll(() => server.stop(true))
beforeEach(() => void seen.splice(0))

const LOOPBACK = { address: '127.0.0.1', family: 4 }
const post = (url: string, options: Partial<PostOptions>) =>
  postWebhook(url, { 'content-type': 'application/json' }, '{"é":1}', {
    timeoutMs: 30_000,
    privateAddresses: true,
    ...options,
  })
const named = (path: string): string => `http://hooks.example.com:${server.port}${path}`

describe('posting to a webhook', () => {
  test('connects to the address that was checked, under the name, and looks the name up once', async () => {
    let asked = 0
    // Whoever asks a second time is led to the metadata of a cloud.
    const lookUp = async () => {
      asked += 1
      return asked === 1 ? [LOOPBACK] : [{ address: '169.254.169.254', family: 4 }]
    }
    expect(await post(named('/x?y=1'), { lookUp })).toEqual({ ok: true, value: 200 })
    expect(asked).toBe(1)
    expect(seen).toEqual([`POST hooks.example.com:${server.port} /x {"é":1}`])
  })

  test.each([
    ['the metadata of a cloud', [{ address: '169.254.169.254', family: 4 }]],
    ['it among others', [LOOPBACK, { address: '::ffff:169.254.169.254', family: 6 }]],
  ])('refuses a name that leads to %s, whatever is configured', async (_, found) => {
    const answer = await post(named('/'), { lookUp: async () => found })
    expect(answer).toEqual({ ok: false, error: expect.stringContaining('only this machine reaches') })
    expect(seen).toEqual([])
  })

  test.each([
    ['a name', named('/')],
    ['an address', `http://127.0.0.1:${server.port}/`],
  ])('refuses loopback by %s, unless that is configured', async (_, url) => {
    const lookUp = async () => [LOOPBACK]
    const answer = await post(url, { lookUp, privateAddresses: false })
    expect(answer).toEqual({ ok: false, error: expect.stringContaining('alerts.private_addresses') })
    expect(seen).toEqual([])
    expect(await post(url, { lookUp })).toEqual({ ok: true, value: 200 })
  })

  test('follows no redirect', async () => {
    expect(await post(named('/away'), { lookUp: async () => [LOOPBACK] })).toEqual({ ok: true, value: 302 })
    expect(seen).toHaveLength(1)
  })

  test.each([
    ['a look-up', async () => new Promise<never>(() => undefined)],
    ['an answer', async () => [LOOPBACK]],
  ])('waits no longer than it may for %s', async (_, lookUp) => {
    const answer = await post(named('/never'), { lookUp, timeoutMs: 100 })
    expect(answer).toEqual({ ok: false, error: 'it did not answer in time' })
  })

  test('tells nothing of why a name leads nowhere', async () => {
    const failing = async () => Promise.reject(new Error('ENOTFOUND secret.internal'))
    expect(await post(named('/'), { lookUp: failing })).toEqual({ ok: false, error: 'it cannot be reached' })
    expect(await post(named('/'), { lookUp: async () => [] })).toEqual({ ok: false, error: 'it cannot be reached' })
  })
})

describe('posting by https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-webhook-'))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const name = 'hooks.example.com'
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile, '-out', certFile]
  const about = ['-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  execFileSync('openssl', ['req', '-x509', ...made, ...about], { stdio: 'ignore' })
  const [key, cert] = [readFileSync(keyFile, 'utf8'), readFileSync(certFile, 'utf8')]
  const safe = Bun.serve({ hostname: '127.0.0.1', port: 0, tls: { key, cert }, fetch: () => new Response('ok') })
  afterAll(() => {
    rmSync(folder, { recursive: true })
    return safe.stop(true)
  })
  const unreachable = { ok: false, error: 'it cannot be reached' } as const

  test.each([
    ['takes a certificate for the name, not for the address', name, cert, { ok: true, value: 200 } as const],
    ['takes none for another name', 'other.example.com', cert, unreachable],
    ['takes none that nobody vouches for', name, undefined, unreachable],
  ])('%s', async (_, host, ca, answer) => {
    const options = { lookUp: async () => [LOOPBACK], ...(ca !== undefined && { ca }) }
    expect(await post(`https://${host}:${safe.port}/`, options)).toEqual(answer)
  })
})

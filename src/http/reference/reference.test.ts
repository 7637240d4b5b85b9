import { expect, test } from 'bun:test'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { createReference } from './reference.ts'

const app = createReference()
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })
const page = await (await get('/docs/api')).text()
const scripts = [...page.matchAll(/<script src="([^"]+)"><\/script>/g)].map(([, path = '']) => path)

test('the page allows nothing but this server, and no script of its own', async () => {
  const { status, headers } = await get('/docs/api')
  expect(status).toBe(200)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';")
  expect(policy).toContain("connect-src 'self'")
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
  expect(page).not.toMatch(/https?:\/\/|<script>|\son\w+=/)
})

test('both scripts are served from here and may be kept for good at the address the page names', async () => {
  expect(scripts.length).toBe(2)
  for (const path of scripts) {
    const { status, headers } = await get(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toStartWith('text/javascript')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const elsewhere = await get(path.replace(/v=.*/, 'v=other'))
    expect(elsewhere.headers.get('cache-control')).toBe('no-cache')
  }
})

test('the bundle is the installed one, compressed only for those who can read it', async () => {
  const [bundle = ''] = scripts
  const plain = new Uint8Array(await (await get(bundle)).arrayBuffer())
  const zipped = await get(bundle, { 'accept-encoding': 'br, gzip' })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect(Buffer.compare(gunzipSync(await zipped.arrayBuffer()), plain)).toBe(0)
  expect(plain.length).toBeGreaterThan(1_000_000)
})

test('a browser that has the bundle is not sent it again', async () => {
  const [bundle = ''] = scripts
  const etag = (await get(bundle)).headers.get('etag') ?? ''
  expect((await get(bundle, { 'if-none-match': etag })).status).toBe(304)
})

test('the start script points Scalar at our description and turns its services off', async () => {
  const text = await (await get(scripts[1] ?? '')).text()
  const calls: unknown[][] = []
  const window = { location: { origin: 'http://tollgate.test' } }
  runInNewContext(text, { window, Scalar: { createApiReference: (...given: unknown[]) => calls.push(given) } })
  expect(calls).toEqual([
    [
      '#reference',
      expect.objectContaining({
        url: '/api/openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        proxyUrl: '',
        agent: { disabled: true },
      }),
    ],
  ])
})

test('the address with a slash at its end leads to the page', async () => {
  const { status, headers } = await get('/docs/api/')
  expect([status, headers.get('location')]).toEqual([308, '/docs/api'])
})

test.each([['/docs/nothing'], ['/docs/api/nothing'], ['/docs/api/scalar.js/x']])(
  '%s is not there, and that is said as everywhere else',
  async (path) => {
    const answer = await createReference(undefined, () => 'req_7').request(path)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toStartWith('application/json')
    expect(answer.headers.get('x-request-id')).toBe('req_7')
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(await answer.json()).toEqual({
      error: {
        message: `There is nothing at ${path}. The reference is at /docs/api.`,
        type: 'not_found',
        code: 'not_found',
        param: null,
        request_id: 'req_7',
      },
    })
  },
)

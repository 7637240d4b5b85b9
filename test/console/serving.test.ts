import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Gateway } from '../harness/gateway.ts'
import { pagePaths, startWithConsole } from './stand.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let gateway: Gateway
let index = ''
beforeAll(async () => {
  gateway = await startWithConsole()
  index = await (await get('/console', BROWSER)).text()
})
afterAll(() => gateway.stop())

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${gateway.url}${path}`, { method, headers, redirect: 'manual', decompress: false } as RequestInit)

const assets = (): readonly string[] =>
  [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)

describe('a page of the console', () => {
  test('is the same document on every path of the route table', async () => {
    expect(pagePaths().length).toBeGreaterThan(30)
    for (const path of pagePaths()) {
      const answer = await get(path, BROWSER)
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, index])
    }
  })

  test('allows nothing but this server, and nothing inside of it', async () => {
    const { headers } = await get('/console', BROWSER)
    const policy = headers.get('content-security-policy') ?? ''
    const wanted = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]
    expect(policy.split('; ')).toEqual(expect.arrayContaining(wanted))
    expect(policy).not.toMatch(/unsafe|https?:|\*|blob:/)
    expect(index).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:\/\//)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('permissions-policy')).toContain('microphone=()')
  })

  test('is asked for again each time, and not sent again while it is the same', async () => {
    const { headers } = await get('/console', BROWSER)
    expect(headers.get('cache-control')).toBe('no-cache')
    const again = await get('/console', { ...BROWSER, 'if-none-match': headers.get('etag') ?? '' })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('is not what a program gets that asks for JSON', async () => {
    for (const path of ['/', '/models', '/console/keys']) {
      const answer = await get(path, { accept: 'application/json' })
      expect([path, answer.status]).toEqual([path, 404])
      expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } })
    }
  })

  test.each([['/v1/models'], ['/healthz'], ['/api/openapi.json'], ['/docs/api'], ['/api/nothing']])(
    'does not take the place of %s, whoever asks',
    async (path) => {
      expect(await (await get(path, BROWSER)).text()).not.toBe(index)
    },
  )

  test('says to a browser, and to it alone, that an unknown address is none', async () => {
    const lost = await get('/consle', { ...BROWSER, 'sec-fetch-dest': 'document' })
    expect([lost.status, await lost.text()]).toEqual([404, index])
    expect((await get('/consle', BROWSER)).headers.get('content-type')).toBe('application/json')
  })

  test('answers HEAD with the headers alone, and takes nothing but GET', async () => {
    const head = await get('/console', BROWSER, 'HEAD')
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await get('/console', BROWSER, 'POST')).status).toBe(404)
  })
})

describe('a file of the console', () => {
  test('is kept for good where its name says what is in it', async () => {
    const hashed = assets().filter((path) => /-[\w-]{8}\.\w+$/.test(path))
    expect(hashed.length).toBeGreaterThan(1)
    for (const path of hashed) {
      const { status, headers } = await get(path)
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    }
    expect((await get('/assets/theme.js')).headers.get('cache-control')).toBe('no-cache')
  })

  test('comes compressed as its reader can read it', async () => {
    const path = assets().find((each) => each.includes('index-') && each.endsWith('.js')) ?? ''
    const bytesOf = async (encoding: string): Promise<[string | null, Buffer]> => {
      const answer = await get(path, { 'accept-encoding': encoding })
      return [answer.headers.get('content-encoding'), Buffer.from(await answer.arrayBuffer())]
    }
    const [, plain] = await bytesOf('identity')
    const [brotli, packed] = await bytesOf('gzip, deflate, br')
    const [gzip, zipped] = await bytesOf('gzip')
    expect([brotli, gzip]).toEqual(['br', 'gzip'])
    expect(brotliDecompressSync(packed).equals(plain)).toBe(true)
    expect(gunzipSync(zipped).equals(plain)).toBe(true)
    expect((await bytesOf('br;q=0, gzip'))[0]).toBe('gzip')
  })

  test.each([['/assets/../package.json'], ['/assets/%2e%2e/package.json'], ['/assets/nothing.js'], ['/assets/']])(
    'outside of the build is not there: %s',
    async (path) => {
      const answer = await get(path)
      expect(answer.status).toBe(404)
      expect(await answer.text()).not.toContain('tollgate-console')
    },
  )
})

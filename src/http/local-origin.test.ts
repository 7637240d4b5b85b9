import { describe, expect, test } from 'bun:test'
import { foreignPage } from './local-origin.ts'

const PUBLIC_URL = 'https://gateway.home.example:8443/base'

const refusal = (headers: Record<string, string>, publicUrl: string | null = null) =>
  foreignPage(new Headers(headers), publicUrl)?.kind

describe('in local mode', () => {
  const programs: readonly (readonly [Record<string, string>, string | null])[] = [
    [{}, null],
    [{ host: 'localhost' }, null],
    [{ host: 'localhost:8000' }, null],
    [{ host: 'LOCALHOST:8000' }, null],
    [{ host: '127.0.0.1:8000' }, null],
    [{ host: '127.1.2.3' }, null],
    [{ host: '[::1]' }, null],
    [{ host: '[::1]:8000' }, null],
    [{ host: 'gateway.home.example:8443' }, PUBLIC_URL],
    [{ host: 'gateway.home.example' }, PUBLIC_URL],
    [{ host: '127.0.0.1', origin: 'http://localhost:3000' }, null],
    [{ host: '127.0.0.1', origin: 'http://127.0.0.1:8000' }, null],
    [{ host: '127.0.0.1', origin: 'http://[::1]:8000' }, null],
    [{ host: '127.0.0.1', origin: 'https://gateway.home.example' }, PUBLIC_URL],
    [{ host: '127.0.0.1', 'sec-fetch-site': 'same-origin' }, null],
    [{ host: '127.0.0.1', 'sec-fetch-site': 'none' }, null],
  ]
  test.each(programs)('a request with %j is answered (public_url %j)', (headers, publicUrl) => {
    expect(refusal(headers, publicUrl)).toBeUndefined()
  })

  const pages: readonly (readonly [Record<string, string>, string | null])[] = [
    [{ host: 'evil.example' }, null],
    [{ host: 'evil.example:8000' }, null],
    [{ host: 'evil.example' }, PUBLIC_URL],
    [{ host: 'gateway.home.example' }, null],
    [{ host: 'localhost.evil.example' }, null],
    [{ host: '127.0.0.1.evil.example' }, null],
    [{ host: 'evil-127.0.0.1' }, null],
    [{ host: 'gateway.home.example.evil.example' }, PUBLIC_URL],
    [{ host: '0.0.0.0:8000' }, null],
    [{ host: '192.168.0.7' }, null],
    [{ host: '[::2]' }, null],
    [{ host: 'a b' }, null],
    [{ host: '' }, null],
    [{ host: '127.0.0.1', origin: 'https://evil.example' }, null],
    [{ host: '127.0.0.1', origin: 'https://evil.example' }, PUBLIC_URL],
    // What a page in a sandbox, or opened from a file, calls itself.
    [{ host: '127.0.0.1', origin: 'null' }, null],
    [{ host: '127.0.0.1', origin: '' }, null],
    [{ host: '127.0.0.1', origin: 'https://127.0.0.1.evil.example' }, null],
    [{ host: '127.0.0.1', origin: 'chrome-extension://abcdef' }, null],
    [{ host: '127.0.0.1', 'sec-fetch-site': 'cross-site' }, null],
    [{ host: '127.0.0.1', origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }, null],
  ]
  test.each(pages)('a request with %j is a page’s and refused (public_url %j)', (headers, publicUrl) => {
    expect(refusal(headers, publicUrl)).toBe('origin-not-allowed')
  })

  test('the refusal says what to do, and repeats no more of a name than fits', () => {
    const message = foreignPage(new Headers({ host: `${'a'.repeat(5_000)}.example` }), null)?.message ?? ''
    expect(message).toContain('public_url')
    expect(message.length).toBeLessThan(400)
  })
})

import { describe, expect, test } from 'bun:test'
import { loadConfig } from './load.ts'

const SECRET = 'hunter2'

const load = (provider: object, environment: Record<string, string> = {}) =>
  loadConfig({ text: JSON.stringify({ providers: { main: { kind: 'openai', ...provider } } }), environment })

/** The mistakes about one key, as lines. */
const mistakes = (provider: object, environment: Record<string, string> = {}): string[] => {
  const loaded = load(provider, environment)
  return loaded.ok ? [] : loaded.error.map(({ path, expected, found }) => `${path}: ${expected}; ${found}`)
}

describe('the proxy of a provider', () => {
  test.each([
    ...['http://proxy.example:3128', 'http://user:p%40ss@proxy.example', 'http://[::1]:3128', 'direct', '', null],
  ])('may be %p', (proxy) => {
    expect(mistakes({ proxy })).toEqual([])
  })

  test.each([
    [`https://me:${SECRET}@proxy.example`, 'an address that starts with `https://`'],
    [`socks5://me:${SECRET}@proxy.example`, 'an address that starts with `socks5://`'],
    [`me:${SECRET}@proxy.example:3128`, 'something that is no address'],
    [`http://me:${SECRET}@proxy.example/path`, 'an address with more than a host and a port'],
    [`http://me:${SECRET}%@proxy.example`, 'an address whose name or password is not percent-encoded'],
    ['none', 'something that is no address'],
  ])('may not be %p, which is told without showing it', (proxy, found) => {
    const told = mistakes({ proxy })
    expect(told).toEqual([expect.stringContaining(`providers.main.proxy: an address of an HTTP proxy`)])
    expect(told[0]).toContain(found)
    expect(told[0]).not.toContain(SECRET)
  })

  test('may come from the environment, and is not shown then either', () => {
    expect(mistakes({ proxy: `\${OUR_PROXY}` }, { OUR_PROXY: 'http://me:s@proxy.example' })).toEqual([])
    const told = mistakes({ proxy: `\${OUR_PROXY}` }, { OUR_PROXY: `ftp://me:${SECRET}@proxy.example` })
    expect(told).toHaveLength(1)
    expect(told[0]).not.toContain(SECRET)
  })

  test('that is no text is a mistake', () => {
    expect(mistakes({ proxy: [`http://${SECRET}`] })[0]).not.toContain(SECRET)
    expect(mistakes({ proxy: 3 })).toHaveLength(1)
  })
})

describe('the base address of a provider', () => {
  test.each([
    [`https://me:${SECRET}@vendor.example/v1`, 'one with credentials in it'],
    [`https://${SECRET}@vendor.example/v1`, 'one with credentials in it'],
    [`https://me:${SECRET} 3@vendor.example:port/v1`, 'which is not shown'],
    [`https://vendor.example/v1?key=${SECRET}`, 'one with a query or a fragment'],
    ['https://vendor.example/v1?', 'one with a query or a fragment'],
    ['https://vendor.example/v1#x', 'one with a query or a fragment'],
  ])('may not be %p, which is told without showing it', (base_url, found) => {
    const told = mistakes({ base_url })
    expect(told).toEqual([expect.stringContaining('providers.main.base_url: ')])
    expect(told[0]).toContain(found)
    expect(told[0]).not.toContain(SECRET)
  })

  test.each(['ftp://vendor.example', 'file:///etc/passwd', 'vendor.example', 'gopher://127.0.0.1:6379/_x'])(
    'may not be %p',
    (base_url) => {
      expect(mistakes({ base_url })).toEqual([expect.stringContaining('`http://` or `https://`')])
    },
  )
})

describe('a proxy of the environment that cannot be used', () => {
  const warnings = (provider: object, environment: Record<string, string>) => {
    const loaded = load(provider, environment)
    return loaded.ok ? loaded.value.warnings : undefined
  }

  test('is told at the start, without its password', () => {
    const told = warnings({}, { HTTPS_PROXY: `socks5://me:${SECRET}@proxy.example` })
    expect(told).toEqual([expect.stringContaining('providers.main cannot be reached: HTTPS_PROXY')])
    expect(JSON.stringify(told)).not.toContain(SECRET)
  })

  test('is of no interest to a provider that has its own, goes direct or is excepted', () => {
    const environment = { ALL_PROXY: 'socks5://proxy.example' }
    expect(warnings({ proxy: 'direct' }, environment)).toEqual([])
    expect(warnings({ proxy: 'http://proxy.example' }, environment)).toEqual([])
    expect(warnings({}, { ...environment, NO_PROXY: 'api.openai.com' })).toEqual([])
    expect(warnings({ kind: 'demo' }, environment)).toEqual([])
  })
})

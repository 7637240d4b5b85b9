import { expect, test } from 'bun:test'
import { browserIn } from './browser-name.ts'

const KIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${KIT} Chrome/150.0.0.0 Safari/537.36`, 'Chrome', 'Linux'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KIT} Chrome/150.0.0.0 Safari/537.36 Edg/150.0`, 'Edge', 'Windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox', 'macOS'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML) Version/19.0 Mobile Safari/604.1',
    'Safari',
    'iOS',
  ],
  [`Mozilla/5.0 (Linux; Android 16) ${KIT} Chrome/150.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
])('of %s, the browser is %s on %s', (userAgent, browser, system) => {
  expect(browserIn(userAgent)).toEqual({ browser, system })
})

test.each(['', 'curl/8.5.0', 'Mozilla/5.0'])('of "%s" nothing is made up', (userAgent) => {
  expect(browserIn(userAgent)).toBeUndefined()
})

import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { cookieNames, readCookie, readSigned, sign, writeCookie } from './cookies.ts'

const SECRET = 'a secret of the tests, and long enough for one'

describe('signed cookies', () => {
  test('say what was signed, and nothing else is believed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.nat(), (value, at) => {
        const cookie = sign(value, SECRET)
        expect(readSigned(cookie, SECRET)).toBe(value)
        expect(readSigned(cookie, `${SECRET}!`)).toBeUndefined()
        const index = at % cookie.length
        const other = cookie[index] === 'A' ? 'B' : 'A'
        expect(readSigned(cookie.slice(0, index) + other + cookie.slice(index + 1), SECRET)).not.toBe(value)
      }),
      { seed: 20261121, numRuns: 200 },
    )
  })

  test.each(['', '.', 'x', 'x.', '.x', '%', '%ff.%ff', 'x.c2ln', `${'x'.repeat(2_000)}.y`])('%j is none', (cookie) =>
    expect(readSigned(cookie, SECRET)).toBeUndefined(),
  )

  test('one that goes on behind its signature is none', () => {
    expect(readSigned(`${sign('token', SECRET)}A`, SECRET)).toBeUndefined()
    expect(readSigned(`${sign('token', SECRET)}%3D`, SECRET)).toBeUndefined()
  })
})

test.each([
  ['a=1; b=2', 'b', '2'],
  ['a=1;b=2=3', 'b', '2=3'],
  ['a=1; a=2', 'a', '1'],
  ['ab=1', 'a', undefined],
  ['a', 'a', undefined],
  [null, 'a', undefined],
])('of %j the cookie %s is %j', (header, name, value) => expect(readCookie(header, name)).toBe(value))

test('what is written can be read by no script, and by TLS is for this very host', () => {
  expect(writeCookie(cookieNames(true).view, 'v', true, 90_000)).toBe(
    '__Host-tollgate.view=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=90',
  )
  expect(writeCookie(cookieNames(false).view, '', false, 0)).toBe(
    'tollgate.view=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
  )
})

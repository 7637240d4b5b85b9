import { describe, expect, test } from 'bun:test'
import { withoutTollgateKeys } from './tollgate-keys.ts'

const KEY = 'sk-tg-Zz9_-Aa0Kx7'
const clean = (text: string): string => Buffer.from(withoutTollgateKeys(Buffer.from(text))).toString()
const each = (write: (code: number) => string): string => [...KEY].map((char) => write(char.charCodeAt(0))).join('')
const hex = (code: number): string => code.toString(16).padStart(2, '0')

describe('a Tollgate key in a body', () => {
  test.each([
    ['as it is', KEY],
    ['with a hyphen as JSON may spell it', KEY.replaceAll('-', '\\u002d')],
    ['all of it so', each((code) => `\\u00${hex(code)}`)],
    ['in capitals', each((code) => `\\u00${hex(code).toUpperCase()}`)],
    ['as JSON within JSON within JSON', each((code) => `\\\\\\\\u00${hex(code)}`)],
    ['as an address', each((code) => `%${hex(code)}`)],
    ['as an address within one', each((code) => `%25${hex(code)}`)],
    ['as HTML', each((code) => `&#${code};`)],
    ['as hexadecimal HTML', each((code) => `&#x${hex(code)};`)],
    ['with NULs between', [...KEY].join('\0')],
  ])('%s is taken out, and nothing else is', (_, written) => {
    expect(clean(`ä "${written}" \\u0022ö`)).toBe('ä "sk-tg-…" \\u0022ö')
  })

  test.each(['sk-tg-', 'sk-tg-short', 'task-tgif', 'sk-ant-0123456789', 'ä\u{1f600}'])(
    'is not what %s is taken for',
    (text) => {
      expect(clean(text)).toBe(text)
    },
  )

  test('is looked for in bytes that are no text, which stay as they are', () => {
    const around = Uint8Array.of(0xff, 0xfe, 0x80)
    const cleaned = withoutTollgateKeys(Buffer.concat([around, Buffer.from(KEY), around]))
    expect([...cleaned.subarray(0, 3), ...cleaned.subarray(-3)]).toEqual([...around, ...around])
    expect(Buffer.from(cleaned).toString('latin1')).not.toContain('Zz9')
  })

  test.each(['\\', '%25', '&#x0', 's', 'sk-tg-', '\0'])(
    'does not take long to look for where there are many of %j',
    (part) => {
      const text = part.repeat(Math.ceil(300_000 / part.length))
      expect(clean(text).length).toBe(text.length)
    },
  )
})

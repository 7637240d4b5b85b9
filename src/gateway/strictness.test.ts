import { describe, expect, test } from 'bun:test'
import { strictnessOf } from './strictness.ts'

const read = (word: string | undefined) =>
  strictnessOf(new Headers(word === undefined ? {} : { 'x-tollgate-strict': word }))

describe('x-tollgate-strict', () => {
  test.each(['true', 'True', 'TRUE', '1', 'yes', 'Yes', 'on', ' true '])('as %j asks for no loss', (word) => {
    expect(read(word)).toEqual({ ok: true, value: true })
  })

  test.each([undefined, '', 'false', 'False', '0', 'no', 'OFF'])('as %j does not', (word) => {
    expect(read(word)).toEqual({ ok: true, value: false })
  })

  test.each(['maybe', '2', 'true, false', 'y', 'strict'])('as %j is refused, by its name', (word) => {
    expect(read(word)).toMatchObject({ ok: false, error: { kind: 'invalid-request', param: 'x-tollgate-strict' } })
  })
})

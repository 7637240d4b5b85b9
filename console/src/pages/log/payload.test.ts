import { expect, test } from 'bun:test'
import { documentOf, headOf, type PayloadBody } from './payload.ts'

const BODY: PayloadBody = { headers: {}, encoding: 'utf8', body: '{"a":1}', bytes: 7, cut: false }

test('only a whole JSON document can be compared as one', () => {
  expect(documentOf(BODY)).toEqual({ a: 1 })
  for (const other of [{ body: 'data: {}\n\n' }, { cut: true }, { encoding: 'base64' as const }, { body: '7' }])
    expect(documentOf({ ...BODY, ...other })).toBeUndefined()
})

test('a request is headed by its path, an answer by its status', () => {
  expect(headOf({ ...BODY, method: 'POST', path: '/v1/messages' })).toBe('POST /v1/messages')
  expect(headOf({ ...BODY, status: 200 })).toBe('200')
})

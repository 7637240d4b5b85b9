import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { JsonObject } from '../../../src/canon/codec.ts'
import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import { bodyOf, CARRIERS, codecFor, FORMATS, operationFor, targetFor, trials, TIMEOUT_MS } from './lanes.ts'

/** With numbers that a double would change. */
const delicate = (json: string): string =>
  json.replaceAll('"n":3', '"n":12345678901234567890').replaceAll('[1,null]', '[1.0,-0,1e3,null]')

describe('a request for an upstream of its own format', () => {
  test.each(FORMATS)(
    'of %s is written as it came, member for member',
    (format) => {
      const codec = codecFor(format)
      fc.assert(
        fc.property(bodyOf[format], (value) => {
          const body = readJson(delicate(writeJson(value))) as JsonObject
          const parsed = codec.parseRequest(body, operationFor(format), CARRIERS)
          if (!parsed.ok) throw new Error(`${parsed.error.param}: ${parsed.error.message}`)
          const { model, stream } = parsed.value.conversation
          const rendered = codec.renderRequest(parsed.value.conversation, targetFor(format, stream, { model }))
          if (!rendered.ok) throw new Error(`${rendered.error.param}: ${rendered.error.message}`)
          expect(rendered.value.losses).toEqual([])
          expect(writeJson(rendered.value.body)).toBe(writeJson(body))
        }),
        trials(),
      )
    },
    TIMEOUT_MS,
  )
})

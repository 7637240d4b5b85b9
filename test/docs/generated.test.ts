import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { WIRE_FORMATS } from '../../src/canon/operation.ts'
import { ERRORS, fault } from '../../src/errors.ts'
import { PROTOCOLS } from '../../src/protocols/index.ts'
import { PROVIDER_KINDS } from '../../src/providers/kinds.ts'
import { renderErrors } from '../../tools/docs-errors.ts'
import { renderMetrics } from '../../tools/docs-metrics.ts'
import { allFiles } from '../tidy/files.ts'
import { codeIn, readDocument, section, tableRows } from './documents.ts'

test('docs/errors.md is what the table of errors says; otherwise run `npm run docs`', () => {
  expect(readDocument('docs/errors.md').text).toBe(renderErrors())
})

test('docs/metrics.md is what the table of metrics says; otherwise run `npm run docs`', () => {
  expect(readDocument('docs/metrics.md').text).toBe(renderMetrics())
})

test('every kind of error is produced by something', () => {
  const sources = allFiles('src').filter((path) => path.endsWith('.ts') && !/\.test\.ts$|src\/errors\.ts$/.test(path))
  const text = sources.map((path) => readFileSync(path, 'utf8')).join('\n')
  expect(Object.keys(ERRORS).filter((kind) => !text.includes(`'${kind}'`))).toEqual([])
})

test('the page on streaming shows the error events that are sent', () => {
  const shown = section(readDocument('docs/streaming.md'), 'stream errors')
  const error = fault('stream-broken', 'The provider ended the stream.')
  for (const format of WIRE_FORMATS) {
    const event = PROTOCOLS[format].renderStreamError(error, 'req_1').trim()
    expect([format, shown.includes(event)]).toEqual([format, true])
  }
})

test('the page on wire formats says of every kind of provider what it speaks', () => {
  const rows = tableRows(section(readDocument('docs/wire-formats.md'), 'kinds'))
  const said = rows.map(([kind = '', formats = '']) => [
    codeIn(kind)[0],
    formats === 'all ten' ? [...WIRE_FORMATS] : codeIn(formats),
  ])
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(
      Object.values(PROVIDER_KINDS).map(({ kind, formats, formatsByVendor = {} }) => [
        kind,
        [...new Set([...formats, ...Object.values(formatsByVendor).flat()])],
      ]),
    ),
  )
})

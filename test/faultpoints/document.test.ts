import { expect, test } from 'bun:test'
import { readDocument, section } from '../docs/documents.ts'
import { renderRows } from './rows.ts'

test('docs/degraded.md has the table of outcomes that the tests here prove; otherwise run `npm run docs`', () => {
  expect(section(readDocument('docs/degraded.md'), 'steps')).toBe(renderRows())
})

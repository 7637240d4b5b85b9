import { expect, test } from 'bun:test'
import { builtInCatalogue } from './built-in.ts'
import { PROVIDER_KINDS } from './kinds.ts'

const rows = Object.entries(PROVIDER_KINDS)

test.each(rows)('%s is a complete row under its own name', (name, kind) => {
  expect(kind.kind).toBe(name)
  expect(kind.formats.length).toBeGreaterThan(0)
  expect(kind.baseUrl === undefined || URL.canParse(kind.baseUrl)).toBe(true)
  expect(kind.baseUrl?.endsWith('/') ?? false).toBe(false)
  for (const format of Object.keys({ ...kind.authByFormat, ...kind.rootByFormat }))
    expect(kind.formats).toContain(format as never)
  for (const root of Object.values(kind.rootByFormat ?? {})) expect(root).toMatch(/^\/.*[^/]$/)
  for (const header of [kind.auth.header, ...Object.keys(kind.headers)]) expect(header).toBe(header.toLowerCase())
})

test('every vendor a kind serves has models in the built-in catalogue, and every vendor there has a kind', () => {
  const served = new Set(rows.flatMap(([, kind]) => kind.vendors))
  const made = new Set(builtInCatalogue().models.map((model) => model.vendor))
  expect([...served].sort()).toEqual([...made].sort())
})

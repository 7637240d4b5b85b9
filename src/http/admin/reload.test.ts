import { afterAll, beforeAll, expect, test } from 'bun:test'
import { err, ok } from '../../result.ts'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

test('200: says what has changed and what needs a restart, and tells other replicas', async () => {
  const position = await plane.store.changes.position()
  const value = { file: 'tollgate.yaml', changed: ['plans'], needsRestart: ['listen'], warnings: ['a warning'] }
  plane.reloads.push(ok(value))
  const { status, json } = await plane.admin('POST', '/api/admin/reload')
  expect([status, json]).toEqual([
    200,
    { file: 'tollgate.yaml', changed: ['plans'], needs_restart: ['listen'], warnings: ['a warning'] },
  ])
  const { changes } = await plane.store.changes.after(position)
  expect(changes).toEqual([{ kind: 'configuration', subjectId: '' }])
})

test('400: lists every mistake, and tells nobody else', async () => {
  const position = await plane.store.changes.position()
  plane.reloads.push(
    err([
      { path: 'plans.pro.rpm', expected: 'a whole number from 1', found: '"none"' },
      { path: '', expected: 'YAML', found: 'a tab in line 3' },
    ]),
  )
  const { status, json } = await plane.admin('POST', '/api/admin/reload')
  expect([status, json.error]).toMatchObject([
    400,
    {
      param: 'plans.pro.rpm',
      details: {
        mistakes: [
          { field: 'plans.pro.rpm', issue: 'must be a whole number from 1; it is "none"' },
          { field: 'the file', issue: 'must be YAML; it is a tab in line 3' },
        ],
      },
    },
  ])
  expect((await plane.store.changes.after(position)).changes).toEqual([])
})

test('401: only the operator has it read', async () => {
  expect((await plane.with('sk-tg-nobody', 'POST', '/api/admin/reload')).status).toBe(401)
})

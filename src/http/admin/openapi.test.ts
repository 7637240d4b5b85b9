import { afterAll, describe, expect, test } from 'bun:test'
import { openControlPlane } from './testing/open.ts'

type Node = { readonly [name: string]: unknown }
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

const plane = await openControlPlane()
const answer = await plane.send('GET', '/api/openapi.json')
const description = answer.json as Node
afterAll(() => plane.close())

/** Every object in the description, however deep. */
const objects = (node: unknown): Node[] => {
  if (Array.isArray(node)) return node.flatMap(objects)
  if (typeof node !== 'object' || node === null) return []
  return [node as Node, ...Object.values(node).flatMap(objects)]
}
const operations = Object.entries(description.paths as Record<string, Node>).flatMap(([path, item]) =>
  METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] as Node }] : [])),
)
const follow = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, part) => (node as Node | undefined)?.[part], description)

/** Where one signs in, or comes from a message. */
const OPEN_TO_ALL = [
  '/api/auth/callback/{id}',
  '/api/auth/request-password-reset',
  '/api/auth/reset-password',
  '/api/auth/send-verification-email',
  '/api/auth/sign-in/email',
  '/api/auth/sign-in/social',
  '/api/auth/sign-up/email',
  '/api/auth/two-factor/verify-backup-code',
  '/api/auth/two-factor/verify-totp',
  '/api/auth/verify-email',
  '/api/invitations/{token}',
]

describe('/api/openapi.json', () => {
  test('is public, and OpenAPI 3.1 with a title, a version and the public address', () => {
    expect(answer.status).toBe(200)
    expect(description).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Tollgate', version: '0.1.0' },
      servers: [{ url: 'http://127.0.0.1:8000' }],
    })
  })

  test('refers only to what it contains', () => {
    const references = objects(description).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []))
    expect(references.length).toBeGreaterThan(50)
    for (const reference of references) expect([reference, follow(reference)]).toEqual([reference, expect.any(Object)])
  })

  test('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(ids.filter((id, index) => typeof id !== 'string' || ids.indexOf(id) !== index)).toEqual([])
  })

  test('gives every operation a summary, a known tag and described answers', () => {
    const tags = (description.tags as { name: string }[]).map(({ name }) => name)
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`
      expect([where, operation.summary]).toEqual([where, expect.any(String)])
      expect([where, tags]).toEqual([where, expect.arrayContaining(operation.tags as string[])])
      const responses = Object.values(operation.responses as Record<string, Node>)
      expect([where, responses.length > 0]).toEqual([where, true])
      for (const { description: said } of responses)
        expect([where, String(said ?? '').length > 3]).toEqual([where, true])
    }
  })

  test('declares every path parameter exactly once, and none that is not in the path', () => {
    for (const { path, method, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      const parameters = (operation.parameters ?? []) as { name: string; in: string; required?: boolean }[]
      const declared = parameters.filter((parameter) => parameter.in === 'path')
      expect([method, path, declared.map(({ name }) => name)]).toEqual([method, path, inPath])
      expect(declared.every(({ required }) => required === true)).toBe(true)
    }
  })

  test('asks for credentials it defines, everywhere but where none are needed', () => {
    const schemes = Object.keys((description.components as { securitySchemes: object }).securitySchemes)
    const open = operations.filter(({ operation }) => operation.security === undefined).map(({ path }) => path)
    expect(open.toSorted()).toEqual([
      '/.well-known/tollgate-receipts.json',
      ...OPEN_TO_ALL,
      '/api/openapi.json',
      '/api/public/models',
      '/api/session',
      '/api/session',
      '/api/session/admin-key',
      '/api/session/impersonation',
      '/api/status',
      '/health',
      '/health/ready',
    ])
    for (const { operation } of operations) {
      const named = ((operation.security ?? []) as Node[]).flatMap(Object.keys)
      expect(schemes).toEqual(expect.arrayContaining(named))
    }
  })

  test('shows the failures of every control-plane call in the one error shape', () => {
    const failing = operations.filter(({ path }) => path.startsWith('/api/admin') || path.startsWith('/api/me'))
    expect(failing.length).toBeGreaterThan(17)
    for (const { operation } of failing) {
      expect(operation.responses).toMatchObject({
        401: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
        default: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
      })
    }
  })

  test('types money as text, never as a number', () => {
    const money = objects(description).flatMap((node) =>
      Object.entries(node).filter(([name, value]) => name.endsWith('_usd') && typeof value === 'object'),
    )
    expect(money.length).toBeGreaterThan(5)
    for (const [name, schema] of money) {
      const types = [(schema as Node).type].flat()
      expect([name, types.includes('string') && !types.includes('number')]).toEqual([name, true])
    }
  })
})

import { afterAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Call } from '../../gateway/call.ts'
import { builtInCatalogue } from '../../providers/built-in.ts'
import { createCatalogue } from '../../providers/catalogue.ts'
import { createReceiptKeys } from '../../receipts/keys.ts'
import { memorySettings } from '../../receipts/test-parts.ts'
import { err, ok } from '../../result.ts'
import { createHealthEndpoint } from '../health.ts'
import { matchOperation } from '../match.ts'
import { createMetricsEndpoint } from '../metrics-endpoint.ts'
import { createModelsEndpoint } from '../models-endpoint.ts'
import { createReceiptKeysEndpoint } from '../receipt-keys.ts'
import { createReceiptsEndpoint } from '../receipts.ts'
import { readStoredPath } from '../stored-paths.ts'
import { openControlPlane } from './testing/open.ts'

const plane = await openControlPlane()
afterAll(() => plane.close())

/** What is described outside the control plane, as `post /v1/messages`. */
const description = JSON.parse((await plane.send('GET', '/api/openapi.json')).text) as {
  paths: Record<string, Record<string, unknown>>
}
const described = Object.entries(description.paths)
  .filter(([path]) => !/^\/api\/(?!proxy\/)/.test(path))
  .flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`))

/** Files and batches, which are matched by the method too. */
const isStored = (call: string): boolean => /\/(?:files|batches)(?:\/|$)/.test(call)

const combined = (prefixes: readonly string[], tails: readonly string[]): readonly string[] =>
  prefixes.flatMap((prefix) => tails.map((tail) => prefix + tail))

// Every path anybody could have meant: what is written in the route table, each piece before each.
const source = readFileSync(new URL('../match.ts', import.meta.url), 'utf8')
const pieces = [...new Set([...source.matchAll(/'(\/[a-z0-9_/]+)'/g)].map(({ 1: piece = '' }) => piece))]
const prefixes = [...pieces, '/v1beta', '']
const methods = [...source.matchAll(/\b([a-z]+[A-Z]\w*): \{/g)].map(({ 1: method = '' }) => `/models/{model}:${method}`)

const nobody = { enter: async () => err(new Response()), refuse: () => new Response() }
const receiptKeys = createReceiptKeys({ settings: memorySettings(), nowMs: () => 0 })
const endpoints = [
  createModelsEndpoint({
    ...nobody,
    catalogue: createCatalogue({ builtIn: builtInCatalogue() }),
    multipliersOf: () => expect.unreachable(),
    channels: [],
    nowMs: () => 0,
  }),
  createReceiptsEndpoint({ ...nobody, receipts: plane.store.receipts, receiptKeys }),
  createReceiptKeysEndpoint({ receiptKeys }),
  createMetricsEndpoint({
    metrics: { text: async () => '', contentType: '' },
    isAdmin: () => false,
    admitUnauthenticated: () => ok(undefined),
  }),
  createHealthEndpoint({ version: '', readiness: async () => ({}), isStopping: () => false }),
]
const isAnswered = (path: string): boolean => {
  const asked = path.replace(/\{\w+\}/, 'x')
  const request = new Request(`http://tollgate.test${asked}`)
  const call: Pick<Call, 'id' | 'request' | 'search' | 'ip'> = {
    id: 'req_1',
    request,
    search: new URLSearchParams(),
    ip: () => '',
  }
  return endpoints.some((endpoint) => endpoint(call as Call, asked) !== undefined)
}

test('what is described to be posted is exactly what the route table matches', () => {
  const served = combined(prefixes, [...pieces, ...methods]).filter((path) => matchOperation(path) !== undefined)
  expect(new Set(served).size).toBeGreaterThan(35)
  const others = described.filter((call) => !isStored(call))
  const posted = others.filter((call) => !call.startsWith('get ') && call !== 'post /v1/explain')
  expect(posted.sort()).toEqual([...new Set(served)].map((path) => `post ${path}`).sort())
})

test('what is described to be got is exactly what the endpoints answer', () => {
  const tails = [
    '/models',
    '/models/{model}',
    '/receipts/{id}',
    '/responses/{id}',
    '/health',
    '/health/ready',
    '/metrics',
    '/.well-known/tollgate-receipts.json',
  ]
  const served = combined(prefixes, tails).filter(isAnswered)
  expect(described.filter((call) => call.startsWith('get ') && !isStored(call)).sort()).toEqual(
    [...new Set(served)].map((path) => `get ${path}`).sort(),
  )
})

test('what is described of files and batches is what their endpoint reads', () => {
  const stored = described.filter(isStored)
  expect(stored.length).toBeGreaterThan(60)
  const unread = stored.filter((call) => {
    const [, path = ''] = call.split(' ')
    const found = readStoredPath(path.replace('{id}', 'x'), new Headers(), () => undefined)
    return !found || (found.id === undefined) !== !path.includes('{id}')
  })
  expect(unread).toEqual([])
})

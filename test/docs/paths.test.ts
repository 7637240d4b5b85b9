import { afterAll, describe, expect, test } from 'bun:test'
import { createApp } from '../../src/app.ts'
import { openControlPlane } from '../../src/http/admin/testing/open.ts'
import { createExplainEndpoint } from '../../src/http/explain/endpoint.ts'
import { createHealthEndpoint } from '../../src/http/health.ts'
import { createMetricsEndpoint } from '../../src/http/metrics-endpoint.ts'
import { createModelsEndpoint } from '../../src/http/models-endpoint.ts'
import { createReceiptKeysEndpoint } from '../../src/http/receipt-keys.ts'
import { createReceiptsEndpoint } from '../../src/http/receipts.ts'
import { createResponsesEndpoint } from '../../src/http/responses.ts'
import { createSetupEndpoint } from '../../src/http/setup.ts'
import { createStoredEndpoint, type StoredDeps } from '../../src/http/stored.ts'
import { createReference } from '../../src/http/reference/reference.ts'
import { PROTOCOLS } from '../../src/protocols/index.ts'
import { builtInCatalogue } from '../../src/providers/built-in.ts'
import { createCatalogue } from '../../src/providers/catalogue.ts'
import { createReceiptKeys } from '../../src/receipts/keys.ts'
import { err, ok } from '../../src/result.ts'
import { codeIn, documents, readDocument, tableRows } from './documents.ts'

const plane = await openControlPlane()
const reference = createReference()
afterAll(() => plane.close())

// Who asks without a key is told so by every path there is, and by no other.
const KEY_ASKED_FOR = { status: 401 }
const nobody = {
  enter: async () => err(new Response(null, KEY_ASKED_FOR)),
  refuse: () => new Response(null, KEY_ASKED_FOR),
}

const receiptKeys = createReceiptKeys({ settings: plane.store.settings, nowMs: () => 0 })

/** The route table as it is served, with nobody behind it. */
const app = createApp({
  handle: async () => new Response(null, KEY_ASKED_FOR),
  endpoints: [
    createModelsEndpoint({
      ...nobody,
      catalogue: createCatalogue({ builtIn: builtInCatalogue() }),
      multipliersOf: () => expect.unreachable(),
      channels: [],
      nowMs: () => 0,
    }),
    createReceiptsEndpoint({ ...nobody, receipts: plane.store.receipts, receiptKeys }),
    createReceiptKeysEndpoint({ receiptKeys }),
    createResponsesEndpoint({ ...nobody, responses: plane.store.responses }),
    // Whoever is turned away needs nothing else of it.
    createStoredEndpoint({ ...nobody, channels: [], protocols: PROTOCOLS } as unknown as StoredDeps),
    createExplainEndpoint({
      ...nobody,
      explain: () => expect.unreachable(),
      protocols: PROTOCOLS,
      isAdmin: () => false,
      operationOf: () => undefined,
      typeOf: () => undefined,
      bodyBytesMax: 1_024,
      depthMax: 10,
    }),
    createMetricsEndpoint({
      metrics: { text: async () => '', contentType: 'text/plain' },
      isAdmin: () => false,
      admitUnauthenticated: () => ok(undefined),
    }),
    createSetupEndpoint({ publicUrl: null, listen: { host: '127.0.0.1', port: 8_000 } }),
    createHealthEndpoint({ version: '0', readiness: async () => ({}), isStopping: () => false }),
  ],
  controlPlane: (request, ip) =>
    new URL(request.url).pathname.startsWith('/docs/') ? reference.fetch(request) : plane.app.fetch(request, { ip }),
  protocols: PROTOCOLS,
  newRequestId: () => 'req_1',
  nowMs: () => 0,
  note: () => undefined,
  onDefect: (_call, error) => {
    throw error
  },
})

/** Placeholders filled in: `{model}`, `{request id}`, `user_…`. */
const filled = (path: string): string => path.replace(/\{[^}]*\}|…/g, 'x')

const isServed = async (method: string, path: string): Promise<boolean> => {
  const answer = await app(new Request(`http://tollgate.test${filled(path)}`, { method }), () => '127.0.0.1')
  return answer.status !== 404 && answer.status !== 405
}

/** The paths of a cell such as "`/a`, `/b`; each with `/c`". */
const pathsIn = (cell: string): readonly string[] => {
  const [plain = '', endings] = cell.split('; each with ')
  const paths = codeIn(plain)
  const ends = codeIn(endings ?? '')
  return [...paths, ...paths.flatMap((path) => ends.map((end) => path + end))]
}

describe('the README', () => {
  const rows = tableRows(readDocument('README.md').prose.split('## Paths')[1]?.split('\n## ')[0] ?? '')
  const named = rows
    .map(([method = '', paths = '']) => ({ method: codeIn(method)[0], paths: pathsIn(paths) }))
    .flatMap(({ method, paths }) => (method === undefined ? [] : paths.map((path) => ({ method, path }))))

  test('has a table of paths that are served', async () => {
    expect(named.length).toBeGreaterThan(45)
    const absent: string[] = []
    for (const { method, path } of named) if (!(await isServed(method, path))) absent.push(`${method} ${path}`)
    expect(absent).toEqual([])
  })

  test('would be caught naming one that is not', async () => {
    expect(await isServed('POST', '/v1/nothing')).toBe(false)
    expect(await isServed('GET', '/v1/chat/completions')).toBe(false)
    expect(await isServed('GET', '/v1/receipts')).toBe(false)
  })
})

test('every curl of the documents asks for a path that is served, with a body that is JSON', async () => {
  const faults: string[] = []
  let count = 0
  for (const { path, fences } of documents) {
    for (const { text, line } of fences.filter(({ language }) => language === 'sh')) {
      for (const command of text.replaceAll('\\\n', ' ').split('\n')) {
        const [, target] = /\bcurl\b.*?http:\/\/127\.0\.0\.1:8000(\/[^\s"']*)/.exec(command) ?? []
        if (target === undefined) continue
        count += 1
        const [, body] = /-d '([^']*)'/.exec(command) ?? []
        if (!(await isServed(body === undefined ? 'GET' : 'POST', target)))
          faults.push(`${path}:${line}: nothing at ${target}`)
        if (body !== undefined && typeof JSON.parse(body) !== 'object') faults.push(`${path}:${line}: ${body}`)
      }
    }
  }
  expect(faults).toEqual([])
  expect(count).toBeGreaterThan(8)
})

test('the admin page lists every call of the control plane, and no other', async () => {
  const description = JSON.parse((await plane.send('GET', '/api/openapi.json')).text) as {
    paths: Record<string, Record<string, unknown>>
  }
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    /^\/api\/(?:admin|me|auth|organisations|invitations|session)(?:\/|$)/.test(path)
      ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
      : [],
  )
  const listed = tableRows(readDocument('docs/admin-api.md').prose).flatMap(([call = '']) => codeIn(call))
  expect([...listed].sort()).toEqual(described.sort())
})

import { describeDataPlane } from './data-plane.ts'
import type { ControlPlaneApp, ControlPlaneFacts } from './deps.ts'

export const DESCRIPTION_PATH = '/api/openapi.json'

/** `GET /api/openapi.json`: generated from the routes on first use, then served from memory. Register it last. */
export const registerDescription = (app: ControlPlaneApp, facts: ControlPlaneFacts): void => {
  registerSecurity(app)
  describeDataPlane(app)
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: DESCRIPTION_PATH,
    operationId: 'getDescription',
    tags: ['Health'],
    summary: 'This description',
    responses: {
      200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
    },
  })
  let text: string | undefined
  app.get(DESCRIPTION_PATH, (c) => {
    text ??= JSON.stringify(describeApi(app, facts))
    return c.body(text, 200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' })
  })
}

const TAGS = [
  { name: 'Users', description: 'Who has an account.' },
  { name: 'Credits', description: 'Money in, and what is left of it.' },
  { name: 'Projects', description: 'Budgets that keys share.' },
  { name: 'Keys', description: 'What clients present: `sk-tg-…`.' },
  { name: 'Requests', description: 'What was asked and what it cost.' },
  { name: 'Usage', description: 'Requests, tokens and cost by day.' },
  { name: 'Prices', description: 'What models cost, and will cost.' },
  { name: 'Providers', description: 'Whom requests are sent to.' },
  { name: 'Channels', description: 'Which providers offer which models to which groups.' },
  { name: 'Groups', description: 'What keys of a group may use, at what multiple of the price, by which rules.' },
  { name: 'Names', description: 'Other names for models, and models that are gone.' },
  { name: 'Configuration', description: 'What the configuration file says.' },
  { name: 'Reconciliation', description: 'Whether providers bill what we have receipts of.' },
  { name: 'Alerts', description: 'What operators are told of.' },
  { name: 'System', description: 'What it runs on.' },
  { name: 'Ledger', description: 'Whether the books balance.' },
  { name: 'People', description: 'Who may sign in.' },
  {
    name: 'Sessions',
    description:
      'Signing in to the console. The browser keeps a cookie; what changes something needs `x-tollgate-console: 1`, too.',
  },
  { name: 'Organisations', description: 'What people belong to, and who belongs to it.' },
  { name: 'Me', description: 'What the owner of a key may see with it.' },
  { name: 'Models', description: 'What can be asked of which model, and its price.' },
  { name: 'Gateway', description: 'The wire formats clients already speak, unchanged.' },
  { name: 'Files and batches', description: 'What providers keep for whoever put it there.' },
  { name: 'Health', description: 'Whether it runs.' },
]

const INTRODUCTION = `Tollgate answers the APIs of OpenAI, Anthropic and Google on one address, meters every token and
charges a prepaid balance. This page describes its own calls in full and the wire formats by reference.

Amounts are decimal strings in USD with nine places (a JSON number is refused), times are ISO 8601 in UTC, lists are
paged with \`cursor\` and \`next_cursor\`. Fields and query parameters that are not listed here are refused by name.`

/** The whole description, OpenAPI 3.1. */
export const describeApi = (app: ControlPlaneApp, facts: ControlPlaneFacts) =>
  app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Tollgate',
      version: facts.version,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: facts.publicUrl, description: 'This server.' }],
    tags: TAGS,
  })

const registerSecurity = (app: ControlPlaneApp): void => {
  const key = 'A Tollgate key, `sk-tg-…`'
  const schemes = {
    adminKey: { type: 'http', scheme: 'bearer', description: 'The admin key, as `Authorization: Bearer`.' },
    adminKeyHeader: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The admin key, as `x-api-key`.' },
    tollgateKey: { type: 'http', scheme: 'bearer', description: `${key}, as OpenAI's clients send theirs.` },
    tollgateKeyHeader: { type: 'apiKey', in: 'header', name: 'x-api-key', description: `${key}, as Anthropic's do.` },
    tollgateKeyGoogle: { type: 'apiKey', in: 'header', name: 'x-goog-api-key', description: `${key}, as Google's do.` },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'tollgate.session_token',
      description: 'The cookie of whoever is signed in; with TLS its name begins with `__Host-`.',
    },
    tollgateKeyQuery: { type: 'apiKey', in: 'query', name: 'key', description: `${key}, where no header can be sent.` },
  } as const
  for (const [name, scheme] of Object.entries(schemes)) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  }
}

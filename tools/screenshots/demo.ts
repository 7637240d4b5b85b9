import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '../../test/accounts/browser.ts'
import { type Mailbox, openMailbox } from '../../test/accounts/mailbox.ts'
import { must, PASSWORD, sessionOf, signUp } from '../../test/accounts/stage.ts'
import { type Gateway, startGateway } from '../../test/harness/gateway.ts'
import { type Asker, writeHistory } from './history.ts'
import { startVendor } from './vendor.ts'

/** A gateway that looks used, and what pictures of it name. */
export interface Demo {
  readonly gateway: Gateway
  readonly email: string
  readonly password: string
  readonly userId: string
  readonly personId: string
  /** A request with everything there is to show of one. */
  readonly requestId: string
  readonly invitation: string
  stop(): Promise<void>
}

const EMAIL = 'ada@analytical.example'

/** The people who ask: their organisation, their keys by project, and how much. */
const PEOPLE = [
  {
    ...{ email: EMAIL, name: 'Ada Lovelace', organisation: 'Analytical Engines', requests: 620, creditUsd: 120n },
    keys: [
      ['laptop', ''],
      ['build server', 'Website'],
      ['chat bot', 'Website'],
      ['night batch', 'Research'],
    ] as const,
  },
  {
    ...{
      email: 'grace@flowmatic.example',
      name: 'Grace Hopper',
      organisation: 'Flow-Matic',
      requests: 210,
      creditUsd: 60n,
    },
    keys: [
      ['compiler', ''],
      ['help desk', 'Support'],
    ] as const,
  },
  {
    ...{
      email: 'katherine@orbit.example',
      name: 'Katherine Johnson',
      organisation: 'Orbit',
      requests: 120,
      creditUsd: 25n,
    },
    keys: [['trajectories', '']] as const,
  },
  {
    ...{ email: 'alan@bombe.example', name: 'Alan Turing', organisation: 'Bombe', requests: 60, creditUsd: 10n },
    keys: [['default', '']] as const,
  },
]

const configOf = (vendorUrl: string, smtpUrl: string) => ({
  providers: {
    anthropic: {
      kind: 'anthropic',
      cost_multiplier: '0.85',
      base_url: vendorUrl,
      keys: ['sk-ant-demo-0000000000000001', 'sk-ant-demo-0000000000000002'],
    },
    openai: {
      kind: 'openai',
      cost_multiplier: '0.85',
      keys: ['sk-demo-openai-000000000001'],
      spend_stop: { day_usd: '50' },
    },
    google: { kind: 'gemini', cost_multiplier: '0.85', keys: ['demo-google-key-00000000001'] },
  },
  channels: [
    {
      id: 'anthropic',
      provider: 'anthropic',
      groups: ['default', 'team'],
      models: ['claude-sonnet-4-6', 'claude-haiku-4-5'],
    },
    { id: 'openai', provider: 'openai', groups: ['default', 'team'], models: ['gpt-5.4'] },
    { id: 'google', provider: 'google', groups: ['default'], models: ['gemini-2.5-flash'] },
  ],
  groups: {
    default: {
      rules: [
        {
          name: 'large prompts',
          when: { bytes_min: '512KiB', models: ['claude-*'] },
          do: { model: 'gemini-2.5-flash' },
        },
        {
          name: 'no images',
          when: { images: true, labels: ['text-only'] },
          do: { refuse: 'This key reads text only.' },
        },
      ],
    },
    team: { multiplier: '0.95' },
  },
  plans: {
    basic: { discount: '0', rpm: 200, tpm: 1_000_000 },
    pro: { discount: '0.10', rpm: 500, tpm: 2_000_000, price_usd: '19' },
  },
  aliases: { 'house/smart': 'claude-sonnet-4-6', 'house/fast': 'claude-haiku-4-5' },
  accounts: { sign_up: 'open', sign_in: { per_address: 10_000, per_account: 10_000 } },
  mail: { from: 'Tollgate <tollgate@example.com>', smtp_url: smtpUrl },
  capture: { enabled: true, groups: ['default'] },
  limits: { per_ip: { rpm: 100_000, burst: 100_000 }, per_user: { rpm: 600 } },
  alerts: { every: '500ms', private_addresses: true },
})

/** Starts it: set up by its own API, with a past that the ledger has written, and some requests of just now. */
export const startDemo = async (): Promise<Demo> => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-screenshots-'))
  const vendor = await startVendor()
  const mailbox = await openMailbox()
  const config = configOf(vendor.url, mailbox.url)
  const stopAll = async (gateway: Gateway): Promise<void> => {
    await gateway.stop()
    await mailbox.stop()
    vendor.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  }
  const before = await startGateway({ dataFolder, config })
  const askers: Asker[] = []
  let secret = ''
  for (const person of PEOPLE) {
    const { asker, key } = await setUp(before, mailbox, person)
    askers.push(asker)
    secret ||= key
  }
  await before.stop()
  await writeHistory(join(dataFolder, 'tollgate.db'), askers, Date.now())
  const gateway = await startGateway({ dataFolder, config })
  const requestId = await askNow(gateway, secret)
  await administer(gateway, vendor.url)
  const invitation = await invitedAs(mailbox, 'charles@analytical.example')
  const userId = askers[0]?.userId ?? ''
  const personId = await personOf(gateway)
  return {
    ...{ gateway, email: EMAIL, password: PASSWORD, userId, personId, requestId, invitation },
    stop: () => stopAll(gateway),
  }
}

const personOf = async ({ url, adminKey }: Gateway): Promise<string> => {
  const headers = { authorization: `Bearer ${adminKey}` }
  const found = await fetch(`${url}/api/admin/people?q=${encodeURIComponent(EMAIL)}`, { headers })
  return String(((await found.json()) as { data: { id: string }[] }).data[0]?.id)
}

const setUp = async (
  gateway: Gateway,
  mailbox: Mailbox,
  person: (typeof PEOPLE)[number],
): Promise<{ asker: Asker; key: string }> => {
  const browser = await signUp(gateway, person.email, { name: person.name, mailbox })
  const userId = (await sessionOf(browser)).organisations[0]?.id ?? ''
  must(200, await browser.send('PATCH', `/api/organisations/${userId}`, { name: person.organisation }))
  const projects = new Map<string, string>()
  const keys: { id: string; projectId: string | null }[] = []
  let first = ''
  for (const [name, project] of person.keys) {
    if (project !== '' && !projects.has(project))
      projects.set(
        project,
        String(must(201, await browser.post('/api/me/projects', { name: project, budgets: { month: '100' } }))['id']),
      )
    const projectId = projects.get(project) ?? null
    const budgets = name === 'night batch' ? { budgets: { day: '5' } } : {}
    const wanted = { name, ...(projectId !== null && { project_id: projectId }), ...budgets }
    const made = must(201, await browser.post('/api/me/keys', wanted))
    first ||= String(made['key'])
    keys.push({ id: String(made['id']), projectId })
  }
  if (person.email === EMAIL) await invite(browser, userId)
  return { asker: { userId, keys, requests: person.requests, creditUsd: person.creditUsd }, key: first }
}

const invite = async (browser: Browser, userId: string): Promise<void> => {
  for (const [email, role] of [
    ['charles@analytical.example', 'developer'],
    ['mary@analytical.example', 'billing'],
  ])
    must(201, await browser.post(`/api/organisations/${userId}/invitations`, { email, role }))
}

const QUESTION = 'I am at the market square. Which way to the harbour, on foot and without stairs?'

/** A few real requests through translation; the id of the last. */
const askNow = async (gateway: Gateway, key: string): Promise<string> => {
  let id = ''
  for (const model of ['claude-haiku-4-5', 'house/smart', 'claude-sonnet-4-6']) {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        messages: [
          { role: 'system', content: 'You are a guide of the town. Answer in one sentence.' },
          { role: 'user', content: QUESTION },
        ],
        ...{ max_tokens: 400, temperature: 0.2, seed: 7 },
      }),
    })
    if (!answer.ok) throw new Error(`a request of the demo was answered ${answer.status}: ${await answer.text()}`)
    await answer.text()
    id = answer.headers.get('x-request-id') ?? id
  }
  return id
}

/** What an administrator has done. */
const administer = async (gateway: Gateway, hookUrl: string): Promise<void> => {
  const done = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const { status, body: answer } = await gateway.call(method, `/api/admin/${path}`, body)
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`)
    return (answer ?? {}) as Record<string, unknown>
  }
  await done('PUT', 'models/gpt-5.4/price', { input: '2.6', output: '15.6', reason: 'costs of the second supplier' })
  await done('POST', 'redemption-codes', { amount_usd: '10', count: 5, uses_max: 1, note: 'conference' })
  await done('POST', 'redemption-codes', { amount_usd: '2.50', count: 1, uses_max: 100, note: 'newsletter' })
  await done('POST', 'alerts', {
    name: 'Errors',
    kind: 'error_rate',
    condition: { percent: 10 },
    emails: ['ops@example.com'],
  })
  await done('POST', 'alerts', { name: 'Paused', kind: 'provider_paused', webhook_url: `${hookUrl}/alerts` })
  await done('POST', 'providers', { id: 'groq', kind: 'groq', keys: ['gsk-demo-0000000000000001'] })
  await done('POST', 'channels', { id: 'groq', provider: 'groq', groups: ['default'], models: ['gpt-oss-120b'] })
  await done('POST', 'providers/groq/pause', { reason: 'the contract ends this month' })
}

/** The token in the link that somebody was sent. */
const invitedAs = async (mailbox: Mailbox, email: string): Promise<string> =>
  (await mailbox.link(email, '/invite')).pathname.split('/').at(-1) ?? ''

/// For each call that changes something a body that is right, and what its path names.

/** What there is to name. */
export interface Named {
  readonly userId: string
  readonly keyId: string
  readonly projectId: string
  readonly requestId: string
  readonly codeId: string
  readonly alertId: string
  readonly priceId: string
  readonly personId: string
  readonly organisationId: string
  readonly invitationId: string
  readonly invitationToken: string
}

/** `n` is another at each call: what has to be unique is made of it. */
type Form = (n: number, named: Named) => object

const LIMITS = { budgets: { month: '900' }, expires_at: '2099-01-01T00:00:00Z', ip_allow: ['127.0.0.1'] }
const PRICE = { input: '3', output: '15' }
const RULE = {
  name: 'a rule',
  when: {
    ...{ models: ['demo-*'], headers: { 'x-kind': 'a' }, labels: ['a'], hours: '08:00-20:00', days: ['mon'] },
    ...{ zone: 'UTC', bytes_min: '1KiB' },
  },
  do: { refuse: 'Not now.' },
}
const CONDITION = { percent: 99, provider: 'demo', model: 'demo', window: '10m' }
const PASSWORD = 'correct horse battery staple'
const EXPORT = 'usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n2026-11-21,small-1,1,1\n'

/** Another than the last: who has a plan does not buy it. */
const planOf = (n: number): string => (n % 2 === 0 ? 'pro' : 'max')

/** Calls that hand a cookie out, or take one: a body that is right. */
export const SIGN_IN_FORMS: Readonly<Record<string, Form>> = {
  'POST /api/auth/sign-up/email': (n) => ({ name: 'Ada', email: `signed${n}@example.com`, password: PASSWORD }),
  'POST /api/auth/sign-in/email': () => ({ email: 'nobody@example.com', password: PASSWORD }),
  'POST /api/auth/sign-in/social': () => ({ provider: 'nowhere', callbackURL: '/console' }),
  'POST /api/auth/send-verification-email': () => ({ email: 'nobody@example.com' }),
  'POST /api/auth/request-password-reset': () => ({ email: 'nobody@example.com' }),
  'POST /api/auth/reset-password': () => ({ newPassword: PASSWORD, token: 'unknown' }),
  'POST /api/auth/two-factor/verify-totp': () => ({ code: '123456' }),
  'POST /api/auth/two-factor/verify-backup-code': () => ({ code: 'abcde-12345' }),
  'POST /api/auth/change-password': () => ({ newPassword: PASSWORD, currentPassword: PASSWORD }),
  'POST /api/auth/two-factor/enable': () => ({ password: PASSWORD }),
  'POST /api/auth/two-factor/disable': () => ({ password: PASSWORD }),
  'POST /api/auth/two-factor/get-totp-uri': () => ({ password: PASSWORD }),
  'POST /api/auth/two-factor/generate-backup-codes': () => ({ password: PASSWORD }),
  'POST /api/auth/change-email': () => ({ newEmail: 'another@example.com', password: PASSWORD }),
  'POST /api/auth/change-email/confirm': () => ({ token: 'unknown' }),
  'POST /api/auth/sign-out': () => ({}),
  'POST /api/auth/revoke-session': () => ({ token: 'unknown' }),
  'POST /api/auth/revoke-other-sessions': () => ({}),
  'POST /api/auth/revoke-sessions': () => ({}),
  'POST /api/auth/link-social': () => ({ provider: 'nowhere', callbackURL: '/console' }),
  'POST /api/auth/unlink-account': () => ({ providerId: 'nowhere' }),
  'POST /api/session/admin-key': () => ({ admin_key: 'not the key of this server' }),
}

/** What a member does, or anybody who is signed in. */
export const MEMBERS_FORMS: Readonly<Record<string, Form>> = {
  'POST /api/auth/update-user': () => ({ name: 'Ada' }),
  'POST /api/organisations': () => ({ name: 'Another' }),
  'PATCH /api/organisations/{id}': () => ({ name: 'Analytical Engines' }),
  'PATCH /api/organisations/{id}/members/{person_id}': () => ({ role: 'admin' }),
  'POST /api/organisations/{id}/invitations': (n) => ({ email: `invited${n}@example.com`, role: 'viewer' }),
  'POST /api/me/plan': (n) => ({ plan: planOf(n), idempotency_key: `mine-${n}` }),
  'POST /api/me/redeem': () => ({ code: 'TG-AAAA-BBBB-CCCC-DDDD' }),
  'POST /api/me/keys': () => ({ name: 'a key', group: 'default', models: ['demo'], ...LIMITS }),
  'PATCH /api/me/keys/{id}': () => ({ name: 'a key', models: ['demo'], ...LIMITS }),
  'POST /api/me/keys/{id}/rotate': () => ({ overlap: '10m' }),
  'POST /api/me/projects': () => ({ name: 'a project', budgets: { month: '900' } }),
  'PATCH /api/me/projects/{id}': () => ({ name: 'a project', budgets: { month: '900' } }),
}

/** What an administrator does. */
export const ADMIN_FORMS: Readonly<Record<string, Form>> = {
  'POST /api/admin/invitations': (n) => ({ email: `guest${n}@example.com` }),
  'PATCH /api/admin/people/{id}': () => ({ disabled: false, reason: 'asked to' }),
  'POST /api/admin/people/{id}/reset-link': () => ({ reason: 'they lost it' }),
  'POST /api/admin/users/{id}/impersonate': () => ({ reason: 'they asked' }),
  'POST /api/admin/users': (n) => ({ email: `user${n}@example.com`, plan: 'pro', rate_multiplier: '1' }),
  'PATCH /api/admin/users/{id}': () => ({ plan: null }),
  'POST /api/admin/users/{id}/credits': (n) => ({ amount_usd: '1', reason: 'a gift', idempotency_key: `credit-${n}` }),
  'POST /api/admin/plans': (n) => ({ id: `plan-${n}`, discount: '0.1', price_usd: '1' }),
  'PATCH /api/admin/plans/{id}': () => ({ discount: '0.2' }),
  'POST /api/admin/users/{id}/plan-purchase': (n) => ({ plan: planOf(n), idempotency_key: `plan-${n}` }),
  'POST /api/admin/redemption-codes': () => ({ amount_usd: '5', note: 'a campaign', prefix: 'SPRING' }),
  'POST /api/admin/projects': (_, { userId }) => ({ name: 'a project', user_id: userId, budget_usd: '900' }),
  'PATCH /api/admin/projects/{id}': () => ({ name: 'a project' }),
  'POST /api/admin/keys': (_, { userId }) => ({
    user_id: userId,
    name: 'a key',
    models: ['demo'],
    labels: ['a'],
    ...LIMITS,
  }),
  'PATCH /api/admin/keys/{id}': () => ({ name: 'a key', models: ['demo'], labels: ['a'], ...LIMITS }),
  'POST /api/admin/keys/{id}/rotate': () => ({ overlap: '10m' }),
  'POST /api/admin/requests/{request_id}/refund': (n) => ({ reason: 'an error', idempotency_key: `refund-${n}` }),
  'POST /api/admin/receipt-keys': () => ({}),
  'POST /api/admin/reconciliations': () => ({ provider: 'demo', content: EXPORT, models: { other: 'small' } }),
  'PUT /api/admin/models/{model}/price': () => PRICE,
  'POST /api/admin/prices': () => ({ model: 'gpt-5.1', ...PRICE }),
  'PATCH /api/admin/prices/{id}': () => ({ input: '4' }),
  'POST /api/admin/models/{model}/price/preview': () => PRICE,
  'POST /api/admin/providers': (n) => ({ id: `provider-${n}`, kind: 'anthropic', keys: ['sk-of-a-vendor-0123456789'] }),
  'PATCH /api/admin/providers/{id}': () => ({ cost_multiplier: '1' }),
  'POST /api/admin/providers/{id}/pause': () => ({ reason: 'invoice unpaid' }),
  'POST /api/admin/providers/{id}/resume': () => ({ reason: 'invoice paid' }),
  'POST /api/admin/providers/{id}/keys': (n) => ({ id: `key-${n}`, key: `sk-of-a-vendor-0123456789-${n}` }),
  'PATCH /api/admin/providers/{id}/keys/{keyId}': () => ({ weight: 2 }),
  'POST /api/admin/providers/{id}/test': () => ({ model: 'demo' }),
  'POST /api/admin/health/resume': () => ({ subject: 'channel:demo' }),
  'POST /api/admin/channels': (n) => ({ id: `channel-${n}`, provider: 'spare', groups: ['spare'], models: ['demo'] }),
  'PATCH /api/admin/channels/{id}': () => ({ weight: 2 }),
  'POST /api/admin/groups': (n) => ({ id: `group-${n}`, rules: [RULE] }),
  'PATCH /api/admin/groups/{id}': () => ({ rules: [RULE] }),
  'POST /api/admin/groups/{id}/rules/try': () => ({ rules: [RULE], request: { model: 'demo' } }),
  'POST /api/admin/aliases': (n) => ({ id: `alias-${n}`, model: 'demo' }),
  'PATCH /api/admin/aliases/{id}': () => ({ model: 'demo' }),
  'POST /api/admin/retired': (n) => ({ id: `retired-${n}`, successor: 'demo' }),
  'PATCH /api/admin/retired/{id}': () => ({ successor: 'demo' }),
  'POST /api/admin/reload': () => ({}),
  'POST /api/admin/alerts': () => ({
    name: 'a rule',
    kind: 'error_rate',
    condition: CONDITION,
    emails: ['a@example.com'],
  }),
  'PATCH /api/admin/alerts/{id}': () => ({ name: 'a rule', condition: CONDITION }),
}

export const FORMS: Readonly<Record<string, Form>> = { ...SIGN_IN_FORMS, ...MEMBERS_FORMS, ...ADMIN_FORMS }

/** The path of a call, with what there is in place of what it names. */
export const pathOf = (template: string, named: Named): string =>
  template.replace(/([a-z-]+)\/\{(\w+)\}/g, (_, collection: string, parameter: string) => {
    const found = NAMES[parameter === 'id' ? collection : parameter]
    return `${collection}/${encodeURIComponent(found ? found(named) : 'unknown')}`
  })

const NAMES: Readonly<Record<string, (named: Named) => string>> = {
  users: ({ userId }) => userId,
  keys: ({ keyId }) => keyId,
  projects: ({ projectId }) => projectId,
  request_id: ({ requestId }) => requestId,
  requests: ({ requestId }) => requestId,
  'redemption-codes': ({ codeId }) => codeId,
  alerts: ({ alertId }) => alertId,
  prices: ({ priceId }) => priceId,
  people: ({ personId }) => personId,
  person_id: ({ personId }) => personId,
  organisations: ({ organisationId }) => organisationId,
  invitations: ({ invitationId }) => invitationId,
  invitation_id: ({ invitationId }) => invitationId,
  token: ({ invitationToken }) => invitationToken,
  model: () => 'claude-haiku-4-5',
  plans: () => 'team',
  providers: () => 'spare',
  keyId: () => 'main',
  channels: () => 'spare',
  groups: () => 'spare',
  aliases: () => 'house/fast',
  retired: () => 'house/old',
}

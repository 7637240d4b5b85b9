import { type Ask, fieldsOf, listIn, listOf, report, table, textFrom, wholeOf, askAdmin } from './admin.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, type Option, textOf } from './io.ts'

const KEYS = '/api/admin/keys'
const COMMON = { ...CONFIG_OPTION, ...JSON_OPTION }
const PAGE = { cursor: { argument: '<cursor>', help: 'Where the page before ended' } }
const RUNNING_NOTE = 'A gateway that is running takes notice within two seconds.\n'

/** One option for each window that begins anew. */
const BUDGET_OPTIONS: Readonly<Record<string, Option>> = {
  'budget-5h-usd': { argument: '<usd>', help: 'The most in any window of five hours, in UTC' },
  'budget-day-usd': { argument: '<usd>', help: 'The most in a day, from midnight in UTC' },
  'budget-week-usd': { argument: '<usd>', help: 'The most in a week, from Monday in UTC' },
  'budget-month-usd': { argument: '<usd>', help: 'The most in a month, from the 1st in UTC' },
}

/** `budgets` as the API takes it; `undefined` where no window is named. */
const windowBudgets = (call: Call): Readonly<Record<string, string>> | undefined => {
  const named = ['5h', 'day', 'week', 'month'].flatMap((window): [string, string][] => {
    const usd = textOf(call, `budget-${window}-usd`)
    return usd === undefined ? [] : [[window, usd]]
  })
  return named.length === 0 ? undefined : Object.fromEntries(named)
}

export const createKey: Command = {
  name: 'keys create',
  summary: 'Create a key; its secret is printed this once',
  options: {
    user: { argument: '<id or e-mail>', help: 'Whose key it is (required)' },
    name: { argument: '<name>', help: 'For people to tell keys apart; "key" when left out' },
    group: { argument: '<group>', help: 'Which channels it may use; "default" when left out' },
    models: { argument: '<a,b>', help: 'The only models it may use' },
    rpm: { argument: '<n>', help: 'Requests a minute' },
    tpm: { argument: '<n>', help: 'Tokens a minute, input and output together' },
    itpm: { argument: '<n>', help: 'Input tokens a minute' },
    otpm: { argument: '<n>', help: 'Output tokens a minute' },
    concurrency: { argument: '<n>', help: 'Requests under way at once' },
    'budget-usd': { argument: '<usd>', help: 'The most it may ever spend' },
    ...BUDGET_OPTIONS,
    'expires-at': { argument: '<time>', help: 'Refused from then on, such as 2027-01-31T12:00:00Z' },
    'ip-allow': { argument: '<a,b>', help: 'The only addresses and ranges it works from' },
    scopes: { argument: '<a,b>', help: 'What it may do: generate, embed, models, receipts, account' },
    label: { argument: '<a,b>', help: 'Words that rules of its group can look at' },
    ...COMMON,
  },
  run: async (call) => {
    const user = textOf(call, 'user')
    if (user === undefined) return missing(call, '--user')
    return askAdmin(call, async (ask) => {
      const userId = await userIdOf(ask, user)
      if (userId === undefined) {
        call.io.problem(
          `There is no user ${user}. \`tollgate users list\` shows them; \`tollgate users create\` makes one.\n`,
        )
        return EXIT.failure
      }
      const answer = await ask('POST', KEYS, {
        user_id: userId,
        name: textOf(call, 'name') ?? 'key',
        group: textOf(call, 'group'),
        models: listOf(textOf(call, 'models')),
        rpm: wholeOf(textOf(call, 'rpm')),
        tpm: wholeOf(textOf(call, 'tpm')),
        itpm: wholeOf(textOf(call, 'itpm')),
        otpm: wholeOf(textOf(call, 'otpm')),
        concurrency: wholeOf(textOf(call, 'concurrency')),
        budget_usd: textOf(call, 'budget-usd'),
        budgets: windowBudgets(call),
        expires_at: textOf(call, 'expires-at'),
        ip_allow: listOf(textOf(call, 'ip-allow')),
        scopes: listOf(textOf(call, 'scopes')),
        labels: listOf(textOf(call, 'label')),
      })
      return report(
        call,
        answer,
        ({ id, key }) => `Key ${textFrom(id)}. Its secret, shown this once:\n${textFrom(key)}`,
      )
    })
  },
}

const missing = (call: Call, option: string): number => {
  call.io.problem(`${option} is missing.\n`)
  return EXIT.usage
}

/** The id of a user named by id or e-mail. */
const userIdOf = async (ask: Ask, user: string): Promise<string | undefined> => {
  if (!user.includes('@')) return user
  const { body } = await ask('GET', `/api/admin/users?email=${encodeURIComponent(user)}`)
  const id = listIn(fieldsOf(body))[0]?.id
  return typeof id === 'string' ? id : undefined
}

export const listKeys: Command = {
  name: 'keys list',
  summary: 'List keys, newest first',
  options: { user: { argument: '<id or e-mail>', help: "Only this user's" }, ...PAGE, ...COMMON },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const user = textOf(call, 'user')
      const userId = user === undefined ? undefined : ((await userIdOf(ask, user)) ?? user)
      const answer = await ask('GET', `${KEYS}?${queryOf({ user_id: userId, cursor: textOf(call, 'cursor') })}`)
      return report(call, answer, (body) => {
        const rows = listIn(body).map((key) => [key.id, key.user_id, key.prefix, key.group, key.state, key.name])
        return rows.length === 0
          ? 'There are no keys.'
          : `${table(['id', 'user', 'begins', 'group', 'state', 'name'], rows)}${more(body)}`
      })
    }),
}

/** Query parameters, as far as they are given. */
export const queryOf = (parameters: Readonly<Record<string, string | undefined>>): string =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString()

/** How to see the next page, when there is one. */
export const more = (body: Readonly<Record<string, unknown>>): string =>
  typeof body.next_cursor === 'string' ? `\nMore: --cursor ${body.next_cursor}` : ''

export const revokeKey: Command = {
  name: 'keys revoke',
  argument: '<key id>',
  summary: 'Refuse a key from now on, for good',
  options: COMMON,
  run: (call) =>
    askAdmin(call, async (ask) => {
      const answer = await ask('DELETE', `${KEYS}/${idOf(call)}`)
      const code = report(
        call,
        answer,
        ({ id, revoked_at: at }) => `Key ${textFrom(id)} is revoked since ${textFrom(at)}.`,
      )
      if (code === EXIT.success) call.io.problem(RUNNING_NOTE)
      return code
    }),
}

export const rotateKey: Command = {
  name: 'keys rotate',
  argument: '<key id>',
  summary: 'Give a key a new secret; the old one stays valid for a while',
  options: {
    overlap: { argument: '<duration>', help: 'For how long, such as 10m, 36h, 2d or 0; 10m when left out' },
    ...COMMON,
  },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const answer = await ask('POST', `${KEYS}/${idOf(call)}/rotate`, { overlap: wholeOf(textOf(call, 'overlap')) })
      const code = report(
        call,
        answer,
        ({ id, key, old_valid_until: until }) =>
          `Key ${textFrom(id)}. The old secret is valid until ${textFrom(until)}. The new one, shown this once:\n${textFrom(key)}`,
      )
      if (code === EXIT.success) call.io.problem(RUNNING_NOTE)
      return code
    }),
}

const idOf = (call: Call): string => encodeURIComponent(call.positionals[0] ?? '')

import { listIn, report, table, textFrom, askAdmin } from './admin.ts'
import { type Command, CONFIG_OPTION, EXIT, JSON_OPTION, textOf } from './io.ts'
import { more, queryOf } from './keys.ts'

const USERS = '/api/admin/users'

export const createUser: Command = {
  name: 'users create',
  summary: 'Create a user, with a balance of zero',
  options: {
    email: { argument: '<e-mail>', help: 'Who it is (required)' },
    plan: { argument: '<plan>', help: 'A plan of the configuration' },
    'rate-multiplier': { argument: '<factor>', help: 'Factor on everything the user is charged; 1 when left out' },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  run: async (call) => {
    const email = textOf(call, 'email')
    if (email === undefined) {
      call.io.problem('--email is missing.\n')
      return EXIT.usage
    }
    return askAdmin(call, async (ask) => {
      const wanted = { email, plan: textOf(call, 'plan'), rate_multiplier: textOf(call, 'rate-multiplier') }
      return report(call, await ask('POST', USERS, wanted), ({ id }) => `User ${textFrom(id)}.`)
    })
  },
}

export const listUsers: Command = {
  name: 'users list',
  summary: 'List users, newest first',
  options: {
    email: { argument: '<e-mail>', help: 'Only this one' },
    cursor: { argument: '<cursor>', help: 'Where the page before ended' },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const answer = await ask(
        'GET',
        `${USERS}?${queryOf({ email: textOf(call, 'email'), cursor: textOf(call, 'cursor') })}`,
      )
      return report(call, answer, (body) => {
        const rows = listIn(body).map((user) => [user.id, user.plan, user.rate_multiplier, user.email])
        return rows.length === 0
          ? 'There are no users.'
          : `${table(['id', 'plan', 'multiplier', 'e-mail'], rows)}${more(body)}`
      })
    }),
}

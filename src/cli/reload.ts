import { askAdmin, fieldsOf, report, textFrom } from './admin.ts'
import { type Command, CONFIG_OPTION, JSON_OPTION } from './io.ts'

export const reload: Command = {
  name: 'reload',
  summary: 'Check the configuration, then have every running gateway read its own again',
  options: { ...CONFIG_OPTION, ...JSON_OPTION },
  run: (call) =>
    askAdmin(call, async (ask) => {
      const answer = await ask('POST', '/api/admin/reload')
      const { warnings } = fieldsOf(answer.body)
      for (const warning of Array.isArray(warnings) ? warnings : []) call.io.problem(`warning: ${textFrom(warning)}\n`)
      return report(
        call,
        answer,
        ({ file }) =>
          `${textFrom(file)} is right. Gateways read theirs within two seconds; each tells its log what has changed.`,
      )
    }),
}

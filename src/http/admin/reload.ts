import { createRoute, z } from '@hono/zod-openapi'
import { audit } from './audit.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { mistakesFault, refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures } from './routes.ts'

const NAMES = z.array(z.string())
const ReloadedSchema = z
  .object({
    file: z
      .string()
      .nullable()
      .openapi({ description: 'What was read; null: there is none.', example: 'tollgate.yaml' }),
    changed: NAMES.openapi({ description: 'Keys that differ, and count from now on.', example: ['plans'] }),
    needs_restart: NAMES.openapi({
      description: 'Keys that differ, and count from the next start.',
      example: ['listen'],
    }),
    warnings: NAMES.openapi({ description: 'What is allowed but probably not meant.', example: [] }),
  })
  .openapi('Reloaded')

const reload = createRoute({
  method: 'post',
  path: '/api/admin/reload',
  operationId: 'reloadConfiguration',
  tags: ['Configuration'],
  summary: 'Read the configuration again',
  description:
    'The file, and the catalogue file it names, as SIGHUP does; then every other replica reads its own within two ' +
    'seconds. New requests are served by it, those under way by what was there before. A 400 lists all mistakes in ' +
    '`details`, and changes nothing anywhere. Environment variables are those of the start.',
  security: ADMIN_ONLY,
  responses: { 200: answer(ReloadedSchema, 'What has changed here.'), ...failures(400) },
})

/** `POST /api/admin/reload`. */
export const registerReload = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(reload, async (c) => {
    const reloaded = await deps.reload()
    if (!reloaded.ok) {
      const mistakes = reloaded.error.map(({ path, expected, found }) => ({
        field: path === '' ? 'the file' : path,
        issue: `must be ${expected}; it is ${found}`,
      }))
      return refuse(c, mistakesFault(mistakes), mistakes)
    }
    await deps.store.changes.note('configuration', '')
    const { file, changed, needsRestart, warnings } = reloaded.value
    const after = { changed, needs_restart: needsRestart }
    await audit(deps, c, { action: 'reloadConfiguration', after })
    const lists = { changed: [...changed], needs_restart: [...needsRestart], warnings: [...warnings] }
    return c.json({ file, ...lists }, 200)
  })
}

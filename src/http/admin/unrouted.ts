import type { Context } from 'hono'
import { fault } from '../../errors.ts'
import type { ControlPlaneApp, ControlPlaneEnv } from './deps.ts'
import { refuse } from './refusal.ts'

/**
 * Answers what no route took: `OPTIONS` with the methods of the path, a wrong method with 405 and `Allow`, an unknown
 * path with 404. What exists is read from the same registry the description is generated from.
 */
export const answerUnrouted = (app: ControlPlaneApp): ((c: Context<ControlPlaneEnv>) => Response) => {
  const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' && definition.route.path.startsWith('/api/')
      ? [{ method: definition.route.method.toUpperCase(), matches: matcher(definition.route.path) }]
      : [],
  )
  return (c) => {
    const methods = routes.filter(({ matches }) => matches(c.req.path)).map(({ method }) => method)
    if (methods.length === 0) {
      return refuse(c, fault('not-found', `There is nothing at ${c.req.path}. The paths are listed at /docs/api.`))
    }
    const allowed = [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].join(', ')
    c.header('allow', allowed)
    if (c.req.method === 'OPTIONS') return c.body(null, 204)
    return refuse(
      c,
      fault('method-not-allowed', `${c.req.method} is not possible on ${c.req.path}; it has ${allowed}.`),
    )
  }
}

/** `/api/admin/users/{id}` matches a path with exactly one non-empty segment in place of `{id}`. */
const matcher = (template: string): ((path: string) => boolean) => {
  const parts = template.split('/')
  return (path) => {
    const segments = path.split('/')
    return (
      segments.length === parts.length &&
      parts.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))
    )
  }
}

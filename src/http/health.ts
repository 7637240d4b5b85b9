import { type Endpoint, json } from './endpoint.ts'

export interface HealthDeps {
  readonly version: string
  /** Each part's name, and what is wrong with it; `null` when it is well. */
  readonly readiness: () => Promise<Readonly<Record<string, string | null>>>
  readonly isStopping: () => boolean
}

/** `GET /health`: the process answers. `GET /health/ready`: it can take traffic; 503 names the part that cannot. */
export const createHealthEndpoint =
  (deps: HealthDeps): Endpoint =>
  (call, path) => {
    const { method } = call.request
    if (method !== 'GET' && method !== 'HEAD') return undefined
    if (path === '/health') return json(call, { status: 'ok', version: deps.version })
    if (path !== '/health/ready') return undefined
    return ready(deps).then(({ body, status }) => json(call, body, { status }))
  }

const ready = async (deps: HealthDeps): Promise<{ body: unknown; status: number }> => {
  const parts = await deps.readiness()
  const broken = Object.values(parts).some((fault) => fault !== null)
  const status = deps.isStopping() ? 'stopping' : broken ? 'not ready' : 'ok'
  const checks = Object.fromEntries(Object.entries(parts).map(([name, fault]) => [name, fault ?? 'ok']))
  return { body: { status, checks }, status: status === 'ok' ? 200 : 503 }
}

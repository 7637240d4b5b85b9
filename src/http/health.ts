import { type Endpoint, json } from './endpoint.ts'

/** What is wrong with a part; `degraded`: traffic can be taken all the same. */
export type PartFault = string | { readonly degraded: string }

export interface HealthDeps {
  readonly version: string
  /** Each part's name, and what is wrong with it; `null` when it is well. */
  readonly readiness: () => Promise<Readonly<Record<string, PartFault | null>>>
  readonly isStopping: () => boolean
  /** Why no request at all can be answered on this machine, and what to do; `null`: nothing of the kind is known. */
  readonly unanswerable?: () => Promise<string | null>
}

/** `GET /health`: the process answers, 503 where nothing behind it can. `GET /health/ready`: it can take traffic; 503 names the part that cannot. */
export const createHealthEndpoint =
  (deps: HealthDeps): Endpoint =>
  (call, path) => {
    const { method } = call.request
    if (method !== 'GET' && method !== 'HEAD') return undefined
    if (path === '/health') return alive(deps).then(({ body, status }) => json(call, body, { status }))
    if (path !== '/health/ready') return undefined
    return ready(deps).then(({ body, status }) => json(call, body, { status }))
  }

const alive = async ({ version, unanswerable }: HealthDeps): Promise<{ body: unknown; status: number }> => {
  const detail = (await unanswerable?.()) ?? null
  if (detail === null) return { body: { status: 'ok', version }, status: 200 }
  return { body: { status: 'unavailable', version, detail }, status: 503 }
}

const ready = async (deps: HealthDeps): Promise<{ body: unknown; status: number }> => {
  const parts = await deps.readiness()
  const faults = Object.values(parts).filter((fault) => fault !== null)
  const broken = faults.some((fault) => typeof fault === 'string')
  const sound = faults.length === 0 ? 'ok' : 'degraded'
  const status = deps.isStopping() ? 'stopping' : broken ? 'not ready' : sound
  const checks = Object.fromEntries(Object.entries(parts).map(([name, fault]) => [name, wordsOf(fault)]))
  return { body: { status, checks }, status: status === sound ? 200 : 503 }
}

const wordsOf = (fault: PartFault | null): string => {
  if (fault === null) return 'ok'
  return typeof fault === 'string' ? fault : fault.degraded
}

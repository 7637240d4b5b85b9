import type { Endpoint } from './endpoint.ts'

/** `GET /`: whoever opens the address in a browser is led to what can be asked here. */
export const rootEndpoint: Endpoint = (call, path) => {
  if (path !== '/' || call.request.method !== 'GET') return undefined
  return new Response(null, { status: 302, headers: { location: '/docs/api', 'x-request-id': call.id } })
}

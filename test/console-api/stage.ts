import type { Browser } from '../accounts/browser.ts'
import { must, openGateway, sessionOf, signUp } from '../accounts/stage.ts'
import type { DatabaseKind } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'

export { must, STAGE_MS } from '../accounts/stage.ts'
export { KINDS } from '../accounts/stage.ts'

/** A person who is signed in, with an organisation that has money and a key made in the console. */
export interface Customer {
  readonly browser: Browser
  readonly userId: string
  readonly keyId: string
  readonly key: string
}

export const openStage = (kind: DatabaseKind, config: Readonly<Record<string, unknown>> = {}): Promise<Gateway> =>
  openGateway(kind, { sign_up: 'open' }, undefined, config)

/** Signs up, gets credit of the operator, and makes a key. */
export const openCustomer = async (
  gateway: Gateway,
  email: string,
  keyOptions: Readonly<Record<string, unknown>> = {},
): Promise<Customer> => {
  const browser = await signUp(gateway, email)
  const userId = (await sessionOf(browser)).organisations[0]?.id ?? ''
  await gateway.credit(userId, '10')
  const made = must(201, await browser.post('/api/me/keys', { name: 'first', ...keyOptions }))
  return { browser, userId, keyId: String(made['id']), key: String(made['key']) }
}

/** One request as a client makes it; its id. */
export const ask = async (
  gateway: Gateway,
  key: string,
  more: Readonly<Record<string, unknown>> = {},
  path = '/v1/chat/completions',
): Promise<{ readonly status: number; readonly id: string; readonly text: string }> => {
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 50, ...more }),
  })
  return { status: answer.status, id: answer.headers.get('x-request-id') ?? '', text: await answer.text() }
}

/** Waits until something is so, asking again and again. */
export const eventually = async <T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> => {
  for (let turns = 0; turns < 200; turns += 1) {
    const seen = await look()
    if (isSo(seen)) return seen
    await Bun.sleep(50)
  }
  throw new Error(`it never came to be: ${JSON.stringify(await look())}`)
}

/** What a file of the API says, as text, for a browser or a key. */
export const download = async (gateway: Gateway, path: string, key: string): Promise<Response> =>
  fetch(gateway.url + path, { headers: { authorization: `Bearer ${key}` } })

import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createTails } from './live.ts'
import { ADMIN, type Opened, openControlPlane } from './testing/open.ts'

let opened: Opened
beforeEach(async () => {
  opened = await openControlPlane()
})
afterEach(() => opened.close())

const ENV = { ip: () => '203.0.113.9' }
/** A browser in which the admin key was entered. */
const openBrowser = async () => {
  const cookies = new Map<string, string>()
  const ask = async (method: string, path: string, body: object = {}) => {
    const headers = {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...{ 'content-type': 'application/json', 'x-tollgate-console': '1', origin: 'http://127.0.0.1:8000' },
    }
    const init = method === 'GET' ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const answer = await opened.app.fetch(new Request(`http://127.0.0.1:8000${path}`, init), ENV)
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    return answer
  }
  expect((await ask('POST', '/api/session/admin-key', { admin_key: ADMIN })).status).toBe(200)
  return ask
}
const readOn = (answer: Response) => {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async (until: string): Promise<string> => {
    while (!text.includes(until)) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done) return `${text}<closed>`
      text += value
    }
    return text
  }
}

test('a live view ends with the view of an organisation that it began in, although its owner may still see others', async () => {
  const userId = await opened.newUser()
  const ask = await openBrowser()
  expect((await ask('POST', `/api/admin/users/${userId}/impersonate`, { reason: 'a complaint' })).status).toBe(200)
  const followed = await ask('GET', '/api/me/requests/live')
  const read = readOn(followed)
  expect(await read(': keep-alive')).not.toContain('event: end')
  expect((await ask('DELETE', '/api/session/impersonation')).status).toBe(204)
  expect(await read('event: end')).not.toContain('<closed>')
  expect(await read('never')).toEndWith('<closed>')
})

test('a live view of everybody ends with the session of the operator, and one of a key when it is revoked', async () => {
  const ask = await openBrowser()
  const { id, key } = await opened.newKey(await opened.newUser())
  const everybody = readOn(await ask('GET', '/api/admin/requests/live'))
  const request = new Request('http://127.0.0.1:8000/api/me/requests/live', { headers: { 'x-api-key': key } })
  const own = readOn(await opened.app.fetch(request, ENV))
  for (const read of [everybody, own]) expect(await read(': keep-alive')).not.toContain('event: end')
  await opened.admin('DELETE', `/api/admin/keys/${id}`)
  await ask('DELETE', '/api/session')
  for (const read of [everybody, own]) expect(await read('event: end')).not.toContain('<closed>')
})

test('one organisation has a fifth of all live views, all of them leave some to administrators, and room comes back', () => {
  const enter = createTails({ tails: 2, tailsInAll: 20 })
  const entered = (caller: string, organisation?: string) => enter(caller, organisation)
  const first = entered('key_1', 'user_1')
  const more = ['key_1', 'key_2', 'key_2', 'key_3'].map((caller) => entered(caller, 'user_1').ok)
  expect([first.ok, ...more]).toEqual([true, true, true, true, false])
  const others = Array.from({ length: 20 }, (_, at) => entered(`key_a${at}`, `user_a${at}`).ok)
  expect(others.filter((isIn) => isIn)).toHaveLength(14)
  const administrators = ['person_1', 'person_1', 'person_1', 'person_2'].map((caller) => entered(caller).ok)
  expect(administrators).toEqual([true, true, false, false])
  if (first.ok) first.value()
  expect(entered('key_3', 'user_1').ok).toBe(true)
  expect(entered('key_4', 'user_4').ok).toBe(false)
})

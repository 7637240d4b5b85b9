import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Browser, openBrowser } from '../accounts/browser.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'

const SESSION = 'tollgate.session_token'
const OPERATOR = 'tollgate.operator'
const OTHER_PASSWORD = 'another horse, another battery'

describe.each([...KINDS])('sessions, on %s', (kind) => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await openGateway(kind, { sign_up: 'open' })
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const signIn = async (browser: Browser, email: string, password = PASSWORD): Promise<string> => {
    must(200, await browser.post('/api/auth/sign-in/email', { email, password }))
    return browser.cookies.get(SESSION) ?? ''
  }
  /** Who a browser is that has this one cookie and no other. */
  const whoHas = async (name: string, value: string) => {
    const browser = openBrowser(gateway.url)
    browser.cookies.set(name, value)
    return sessionOf(browser)
  }

  test('a session that was there before signing in is not the one after, made up or real', async () => {
    const mallory = await signUp(gateway, 'mallory@example.com')
    const victim = await signUp(gateway, 'victim@example.com')
    must(200, await victim.post('/api/auth/sign-out'))
    for (const planted of ['made-up', 'made-up.c2lnbmF0dXJl', mallory.cookies.get(SESSION) ?? '']) {
      victim.cookies.set(SESSION, planted)
      const own = await signIn(victim, 'victim@example.com')
      expect(own).not.toBe(planted)
      expect((await whoHas(SESSION, own)).person?.email).toBe('victim@example.com')
      expect((await whoHas(SESSION, planted)).person?.email).not.toBe('victim@example.com')
    }
    const again = await signIn(victim, 'victim@example.com')
    expect(again).not.toBe(await signIn(victim, 'victim@example.com'))
  })

  test('the admin key opens another session each time, whatever was planted', async () => {
    const values = new Set<string>(['made-up'])
    for (const planted of [...values]) {
      const browser = openBrowser(gateway.url)
      browser.cookies.set(OPERATOR, planted)
      for (let time = 0; time < 2; time += 1) {
        must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
        values.add(browser.cookies.get(OPERATOR) ?? '')
      }
    }
    expect(values.size).toBe(3)
    expect((await whoHas(OPERATOR, 'made-up')).operator).toBe(false)
  })

  test('signing out ends the session itself, and not only the cookie', async () => {
    const browser = await signUp(gateway, 'leaver@example.com')
    must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
    const [own, operated] = [browser.cookies.get(SESSION) ?? '', browser.cookies.get(OPERATOR) ?? '']
    expect((await whoHas(SESSION, own)).person?.email).toBe('leaver@example.com')
    expect((await whoHas(OPERATOR, operated)).operator).toBe(true)
    must(204, await browser.send('DELETE', '/api/session'))
    expect((await whoHas(SESSION, own)).person).toBeNull()
    expect((await whoHas(OPERATOR, operated)).operator).toBe(false)
    const other = await signIn(browser, 'leaver@example.com')
    must(200, await browser.post('/api/auth/sign-out'))
    expect((await whoHas(SESSION, other)).person).toBeNull()
  })

  test('a new password ends every other session, asked for or not, and the own one gets another id', async () => {
    const phone = await signUp(gateway, 'changer@example.com')
    const laptop = openBrowser(gateway.url)
    const before = await signIn(laptop, 'changer@example.com')
    const change = { newPassword: OTHER_PASSWORD, currentPassword: PASSWORD }
    must(200, await laptop.post('/api/auth/change-password', change))
    expect((await sessionOf(phone)).person).toBeNull()
    expect((await whoHas(SESSION, before)).person).toBeNull()
    expect((await sessionOf(laptop)).person?.email).toBe('changer@example.com')
  })

  test('a cookie of one kind is none of another', async () => {
    const browser = await signUp(gateway, 'swapper@example.com')
    must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
    const [own, operated] = [browser.cookies.get(SESSION) ?? '', browser.cookies.get(OPERATOR) ?? '']
    expect((await whoHas(OPERATOR, own)).operator).toBe(false)
    expect((await whoHas(SESSION, operated)).person).toBeNull()
    expect((await whoHas('tollgate.view', operated)).impersonating).toBeNull()
  })
})

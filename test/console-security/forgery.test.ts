import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from '../accounts/browser.ts'
import { openGateway, STAGE_MS } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import { otherwise, type Send } from './calls.ts'
import { contentsOf } from './contents.ts'
import { type Operation, operationsOf } from './description.ts'
import { CONFIG, inOrganisation, openWorld, type World } from './world.ts'

const EVIL = 'https://evil.example'

/** What a browser sends along where another site makes it ask; `null`: it does not send this. */
const FORGERIES: readonly (readonly [string, Readonly<Record<string, string | null>>])[] = [
  ['a form of another site', { origin: EVIL, 'x-tollgate-console': null, 'sec-fetch-site': 'cross-site' }],
  ['a script of another site', { origin: EVIL, 'sec-fetch-site': 'cross-site' }],
  ['a page of a neighbour', { origin: EVIL, 'sec-fetch-site': 'same-site' }],
  ['a page in a frame without a name', { origin: 'null' }],
  ['a browser that tells no site', { origin: EVIL }],
  ['a page without the header', { 'x-tollgate-console': null }],
  ['a header that says something else', { 'x-tollgate-console': 'true' }],
  ['nothing that says where it comes from', { origin: null }],
  ['a name that only begins like ours', { origin: 'http://127.0.0.1.evil.example' }],
]

let gateway: Gateway
let world: World
let changing: readonly Operation[]
beforeAll(async () => {
  gateway = await openGateway('sqlite', { sign_up: 'open' }, undefined, CONFIG)
  world = await openWorld(gateway)
  changing = (await operationsOf(gateway.url)).filter(({ changes }) => changes)
}, STAGE_MS)
afterAll(() => gateway.stop())

/** The owner of an organisation, and for what administrators do, the operator. */
const whoFor = (path: string): Browser => (path.startsWith('/api/admin/') ? world.operator : world.members.owner)

/** All but what is made when it is first asked for, and that somebody looked, which is written down. */
const bookedIn = (of: Gateway) => {
  const { settings: _, audit_log: __, ...booked } = contentsOf(of)
  return booked
}

describe('a cookie that another site makes a browser send', () => {
  test.each([...FORGERIES])(
    'changes nothing by any call there is: %s',
    async (_, headers) => {
      expect(changing.length).toBeGreaterThan(90)
      const cookies = [new Map(world.operator.cookies), new Map(world.members.owner.cookies)]
      const before = contentsOf(gateway)
      const send: Send = (method, path, body) =>
        whoFor(path).send(method, path, body, { ...inOrganisation(world), ...headers })
      expect(await otherwise(world, changing, send, [403, 'origin_not_allowed'])).toEqual([])
      expect(contentsOf(gateway)).toEqual(before)
      expect([world.operator.cookies, world.members.owner.cookies]).toEqual(cookies)
    },
    STAGE_MS,
  )

  test(
    'changes nothing by looking: what only reads leaves everything as it was',
    async () => {
      const reading = (await operationsOf(gateway.url)).filter(({ changes, path }) => !changes && !/\/live$/.test(path))
      const before = bookedIn(gateway)
      const headers = { ...inOrganisation(world), origin: EVIL, 'sec-fetch-site': 'cross-site' }
      const send: Send = (method, path) => whoFor(path).send(method, path, undefined, headers)
      await otherwise(world, reading, send, [0, ''])
      expect(bookedIn(gateway)).toEqual(before)
    },
    STAGE_MS,
  )
})

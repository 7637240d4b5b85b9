import { describe, expect, test } from 'bun:test'
import { debianPackage, meet, type Need } from './needs.ts'

const need = (there: boolean, install?: Need['install']): Need & { there: boolean } => {
  const made = {
    what: 'a sextant',
    advice: 'buy one',
    there,
    isThere: () => made.there,
    ...(install ? { install } : {}),
  }
  return made
}

describe('the needs of the tests', () => {
  test('are met when everything is there, and nothing is installed', () => {
    expect(meet([need(true, { command: ['x'], asRoot: false })], () => expect.unreachable())).toEqual([])
  })

  test('are met by installing what may be installed', () => {
    const missing = need(false, { command: ['x'], asRoot: false })
    const run = () => {
      missing.there = true
    }
    expect(meet([missing], run)).toEqual([])
  })

  test('that are packages of the system are installed by root alone, after one look for what there is', () => {
    const ran: string[] = []
    const run = (command: readonly string[]) => void ran.push(command.join(' '))
    const packages = [debianPackage('no-such-program', 'one'), debianPackage('nor-this-one', 'two')]
    expect(meet(packages, run, false)).toHaveLength(2)
    expect(ran).toEqual([])
    expect(meet(packages, run, true)).toHaveLength(2)
    const install = 'apt-get install --yes --no-install-recommends'
    expect(ran).toEqual(['apt-get update', `${install} one`, `${install} two`])
  })

  test('that stay unmet are named, with what to type', () => {
    const advice = ['missing: a sextant. Install it with: buy one']
    expect(meet([need(false)], () => expect.unreachable())).toEqual(advice)
    expect(meet([need(false, { command: ['x'], asRoot: false })], () => undefined)).toEqual(advice)
  })

  test('are looked for on the path', () => {
    expect(debianPackage('sh', 'dash').isThere()).toBe(true)
    expect(debianPackage('no-such-program', 'nothing').isThere()).toBe(false)
  })
})

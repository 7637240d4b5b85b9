import { describe, expect, test } from 'bun:test'
import { allowedBy, methodsOf, type PassRule } from './pass-rules.ts'

const rule = (path: string, more: Partial<PassRule> = {}): PassRule => ({
  path,
  methods: ['POST'],
  free: false,
  ...more,
})

describe('rules of a pass-through', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/b', 'a', false],
    ['a/*', 'a/b', true],
    ['a/*', 'a/b/c', false],
    ['a/*', 'a', false],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['**', 'a', true],
    ['models/*:predict', 'models/imagen:predict', true],
    ['models/*:predict', 'models/imagen:predictLongRunning', false],
    ['models/*:predict*', 'models/imagen:predictLongRunning', true],
    ['*-*-x', 'a-b-x', true],
    ['*-*-x', 'a-x', false],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
  ])('%p names %p: %p', (path, asked, isNamed) => {
    expect(allowedBy([rule(path)], asked.split('/'), 'POST').path).toBe(isNamed)
  })

  test('tell a method that is not open from a path that is not', () => {
    expect(allowedBy([rule('a')], ['a'], 'GET')).toEqual({ path: true, method: false, free: false })
    expect(methodsOf([rule('a'), rule('*', { methods: ['GET', 'POST'] })], ['a'])).toEqual(['POST', 'GET'])
  })

  test('make nothing free that another one prices', () => {
    const [wide, narrow] = [rule('x/*', { free: true }), rule('x/run')]
    expect(allowedBy([wide, narrow], ['x', 'list'], 'POST').free).toBe(true)
    expect(allowedBy([wide, narrow], ['x', 'run'], 'POST').free).toBe(false)
    expect(allowedBy([], ['x'], 'POST')).toEqual({ path: false, method: false, free: false })
  })
})

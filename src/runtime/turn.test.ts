import { expect, test } from 'bun:test'
import { endOfTurn } from './turn.ts'

const busy = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('all who wait in one turn go on one after the other, in their order, after what the turn brought', async () => {
  const said: string[] = []
  const waiting = ['first', 'second', 'third'].map(async (name) => {
    await endOfTurn()
    said.push(name)
  })
  await Promise.resolve()
  said.push('the turn')
  await Promise.all(waiting)
  expect(said).toEqual(['the turn', 'first', 'second', 'third'])
})

test('who waits after the end of a turn waits for the next', async () => {
  const first = endOfTurn()
  expect(endOfTurn()).toBe(first)
  await first
  const second = endOfTurn()
  expect(second).not.toBe(first)
  await second
})

test('who waits in a turn that lasts goes on before its end, as soon as somebody else has something ready', async () => {
  const said: string[] = []
  const waiting = ['first', 'second', 'third'].map(async (name) => {
    await Promise.resolve()
    busy(8)
    said.push(`${name} is ready`)
    await endOfTurn()
    said.push(name)
  })
  setImmediate(() => said.push('the end'))
  await Promise.all(waiting)
  expect(said.indexOf('first')).toBeLessThan(said.indexOf('the end'))
  expect(said.indexOf('second')).toBeLessThan(said.indexOf('the end'))
  expect(said.at(-1)).toBe('third')
})

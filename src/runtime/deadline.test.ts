import { expect, test } from 'bun:test'
import { answeredWithin, startDeadline } from './deadline.ts'

test('it expires when nobody ends it, and not when somebody does', async () => {
  const expired: string[] = []
  const end = startDeadline(1, () => expired.push('ended'))
  end()
  await new Promise<void>((resolve) => {
    startDeadline(5, () => {
      expired.push('left alone')
      resolve()
    })
  })
  expect(expired).toEqual(['left alone'])
})

test('ended after its time was over, but before the sockets were asked again, it does not expire', async () => {
  let expired = false
  const end = startDeadline(0, () => {
    expired = true
  })
  setTimeout(() => setImmediate(end), 0)
  await Bun.sleep(20)
  expect(expired).toBe(false)
})

test('an answer is passed on, a failure too, and silence is called so', async () => {
  const late = () => 'late'
  expect(await answeredWithin(Promise.resolve('in time'), 10_000, late)).toBe('in time')
  expect(answeredWithin(Promise.reject(new Error('no')), 10_000, late)).rejects.toThrow('no')
  expect(await answeredWithin(new Promise<string>(() => undefined), 1, late)).toBe('late')
})

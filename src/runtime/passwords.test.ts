import { expect, test } from 'bun:test'
import { createPasswords } from './passwords.ts'

test('a password is hashed with argon2id, anew each time, and is known again however it is typed', async () => {
  const passwords = createPasswords({ atOnce: 2, waitingMax: 10 })
  const [one, other] = await Promise.all([
    passwords.hash('caf\u00e9 au lait, twice'),
    passwords.hash('caf\u00e9 au lait, twice'),
  ])
  expect(one).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(one).not.toBe(other)
  expect(await passwords.verify('cafe\u0301 au lait, twice', one ?? '')).toBe(true)
  expect(await passwords.verify('cafe au lait, twice', one ?? '')).toBe(false)
  for (const hash of ['', 'plain', '$argon2id$v=19$broken', '$2b$10$broken'])
    expect(await passwords.verify('cafe au lait, twice', hash)).toBe(false)
})

test('no more are hashed at once, and no more wait, than may; the rest is told at once', async () => {
  const passwords = createPasswords({ atOnce: 1, waitingMax: 2 })
  const asked = Array.from({ length: 5 }, () => passwords.hash('correct horse battery staple'))
  const answers = await Promise.all(asked)
  expect(answers.map((answer) => answer !== undefined)).toEqual([true, true, true, false, false])
  expect(await passwords.hash('and another one')).toBeDefined()
})

import { describe, expect, test } from 'bun:test'
import { EMPTY_TAIL, joined, received, resumed, TAIL_MAX } from './tail.ts'

const rows = (...ids: readonly number[]) => ids.map((id) => ({ request_id: `req_${id}` }))

describe('the live tail', () => {
  test('shows what comes in, newest first, each once', () => {
    const tail = received(received(EMPTY_TAIL, rows(1, 2), false), rows(2, 3), false)
    expect(tail).toEqual({ shown: rows(3, 2, 1), waiting: [] })
  })

  test('keeps what comes in while it is paused, and shows it when it goes on', () => {
    const paused = received(received(EMPTY_TAIL, rows(1), false), rows(2, 3), true)
    expect(paused).toEqual({ shown: rows(1), waiting: rows(3, 2) })
    expect(resumed(paused)).toEqual({ shown: rows(3, 2, 1), waiting: [] })
    expect(received(paused, rows(4), false)).toEqual({ shown: rows(4, 3, 2, 1), waiting: [] })
  })

  test('stands above the list without what the list has', () => {
    const tail = received(EMPTY_TAIL, rows(2, 3), false)
    expect(joined(tail, rows(2, 1))).toEqual(rows(3, 2, 1))
  })

  test('does not let in through the list what waits', () => {
    const tail = received(EMPTY_TAIL, rows(3), true)
    expect(joined(tail, rows(3, 2, 1))).toEqual(rows(2, 1))
  })

  test('does not grow without end', () => {
    const many = rows(...Array.from({ length: TAIL_MAX + 5 }, (_, id) => id))
    expect(received(EMPTY_TAIL, many, false).shown).toHaveLength(TAIL_MAX)
  })
})
